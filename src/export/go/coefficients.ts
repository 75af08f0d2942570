import { modelParameters } from '../../physics/index.ts';
import type { ModelEntry } from '../entries.ts';
import { fittedBounds } from '../fitted-bounds.ts';
import type { Package } from '../package.ts';
import { constantFromBeta } from '../signs.ts';
import { aligned, GENERATED, goFloat, goString } from './text.ts';

/** The table of models with their constants, as Go; `coefficients.yaml` says the same, and a test compares them. */
export function coefficientsGo(pack: Package): string {
  const { fields, entries, coefficients, go } = pack;
  const struct =
    fields.length === 0
      ? 'type constants struct{}\n'
      : `type constants struct {\n${aligned(
          fields.map((name) => [name, 'float64']),
          '\t',
        ).join('\n')}\n}\n`;
  const list = coefficients.map(({ ofConstants }) => ofConstants).join(', ');
  const fromList = fields.map((name) => `${name}: ${constantFromBeta(name, coefficients)}`).join(', ');
  return `${GENERATED}package ${go.packageName}

// constants are the fitted numbers of the program.
${struct}
// betaCount is the number of coefficients.
const betaCount = ${coefficients.length}

// betaOf lists beta_coeffs, none of which is negative: the sign of a constant stands in this file.
func betaOf(c constants) []float64 {
	return []float64{${list}}
}

// constantsFrom reads betaCount numbers in the order of beta_coeffs.
func constantsFrom(beta []float64) constants {
	return constants{${fromList}}
}

// coefficients are the constants of one model and tensor parallelism.
type coefficients struct {
	id         string
	name       string
	gpu        string
	tp         int
	alpha      [3]float64
	parameters parameters
	beta       constants
	ranges     ranges
}

// table holds every model of this package. The comment above a constant is its standard error.
var table = []coefficients{
${entries.map((entry) => entryText(pack, entry)).join('')}}
`;
}

function entryText({ fields, prediction }: Package, entry: ModelEntry): string {
  const { architecture, hardware, tensorParallelism } = entry.context;
  const head = aligned(
    [
      ['id:', `${goString(architecture.id)},`],
      ['name:', `${goString(architecture.name)},`],
      ['gpu:', `${goString(hardware.name)},`],
      ['tp:', `${tensorParallelism},`],
      ['alpha:', `[3]float64{${entry.alpha.values.map(goFloat).join(', ')}},`],
    ],
    '\t\t',
  );
  const values = modelParameters(entry.context);
  const parameters = aligned(
    [
      ['blockSize:', `${entry.context.blockSize},`],
      ...prediction.features.extraction.parameters.map((name) => [`${name}:`, `${goFloat(values[name])},`] as const),
    ],
    '\t\t\t',
  );
  const beta = fields.flatMap((field, i) => [
    `\t\t\t// ${standardError(entry.standardErrors[i] ?? null)}`,
    `\t\t\t${field}: ${goFloat(entry.constants[i]!)},`,
  ]);
  const judged = [...prediction.features.fields, ...prediction.figures.fields];
  const bounds = fittedBounds(
    judged.map(([name]) => name),
    entry,
  );
  const ranges = aligned(
    judged.map(([, field], i) => [`${field}:`, `interval{${bounds[i]!.map(goFloat).join(', ')}},`]),
    '\t\t\t',
  );
  return [
    '\t{',
    ...head,
    ...literal('parameters', parameters),
    ...literal('beta', beta, 'constants'),
    ...literal('ranges', ranges),
    '\t},',
    '',
  ].join('\n');
}

function literal(field: string, lines: readonly string[], type = field): readonly string[] {
  if (lines.length === 0) return [`\t\t${field}: ${type}{},`];
  return [`\t\t${field}: ${type}{`, ...lines, '\t\t},'];
}

function standardError(value: number | null): string {
  return value === null ? 'not identified by the data' : `± ${Number(value.toPrecision(3))}`;
}
