import { createHash } from 'node:crypto';
import { constantInfos, type FeatureInfo, measure, withReductions } from '../program/index.ts';
import { type ModelEntry, modelEntries } from './entries.ts';
import { figuresBeside } from './fitted-bounds.ts';
import { GO_INTERFACES, type GoInterface } from './go/interfaces.ts';
import { featuresRead, type GoPrediction, goPrediction } from './go/predict.ts';
import { goNames } from './go/text.ts';
import { type Coefficient, signedCoefficients } from './signs.ts';
import type { ExportedClosedLoop, ExportInput, ExportOptions } from './types.ts';

/** What a package is to be, wherever it goes. */
export interface PackageOptions extends Omit<ExportOptions, 'dir'> {
  /** Default: as the interface has it. */
  readonly packageName?: string;
}

/** All that the files of one package are made of. */
export interface Package {
  readonly input: ExportInput;
  readonly options: PackageOptions;
  readonly go: GoInterface;
  readonly entries: readonly ModelEntry[];
  /** Names of the constants in Go, in the order of the program. */
  readonly fields: readonly string[];
  /** What `beta_coeffs` are made of. */
  readonly coefficients: readonly Coefficient[];
  /** Their units; undefined of one that cannot be told. */
  readonly units: readonly (string | undefined)[];
  readonly prediction: GoPrediction;
  readonly usedFeatures: readonly FeatureInfo[];
  /** One line: which program this is. */
  readonly title: string;
  /** Provenance by name, plain ASCII, nothing that depends on clock or machine. */
  readonly facts: readonly (readonly [string, string])[];
  /** Seed of the parity batches. */
  readonly seed: number;
}

/** @throws UserError where the input cannot be exported; see `modelEntries`. */
export function makePackage(input: ExportInput, options: PackageOptions): Package {
  const { program, provenance } = input;
  const entries = modelEntries(input, options);
  const { operations, conditionals, constants, features: read } = measure(program);
  const facts = [
    ['run', text(provenance.run)],
    ['program', text(provenance.program)],
    ['dataset', text(provenance.dataset)],
    ['target', text(provenance.target)],
    ['objective', text(provenance.objective)],
    ['scope', text(input.scope)],
    ['seed', text(provenance.seed)],
    [
      'complexity',
      `${operations} operations, ${conditionals} conditionals, ${constants} constants, ${read.length} features`,
    ],
    [
      'error',
      `${percent(provenance.error)} on training rows, ${percent(provenance.validationError)} on validation rows`,
    ],
    ...(input.closedLoop === undefined ? [] : [['closed loop', closedLoopFact(input.closedLoop)] as const]),
    ...(input.contexts === 'requests'
      ? [['contexts', 'of each request, as recorded; none is an estimate'] as const]
      : []),
  ] as const;
  const known = GO_INTERFACES[options.interface];
  const go = { ...known, packageName: options.packageName ?? known.packageName };
  const features = withReductions(input.features, program.graph);
  const usedNames = featuresRead(program);
  const fields = goNames(program.constants.map(({ name }) => name));
  return {
    input,
    options,
    go,
    entries,
    fields,
    coefficients: signedCoefficients(fields, entries),
    units: constantInfos(program, input.features).map(({ unit }) => unit),
    prediction: goPrediction({
      program,
      fields,
      beside: figuresBeside(usedNames, entries),
      go,
      contexts: input.contexts,
    }),
    usedFeatures: usedNames.flatMap((name) => features.find((feature) => feature.name === name) ?? []),
    title: `Step time of an LLM server, in microseconds: program ${text(provenance.program)} of run ${text(provenance.run)}.`,
    facts,
    // The batches change with the program, so that repeated exports do not test the same ones for ever.
    seed: createHash('sha256')
      .update(JSON.stringify([program.graph, provenance.program]))
      .digest()
      .readUInt32LE(0),
  };
}

function closedLoopFact({ rounds, converged, error, validationError }: ExportedClosedLoop): string {
  const end = converged ? 'converged' : 'stopped before they converged';
  return `constants fitted in ${rounds} rounds, ${end}; ${percent(error)} on training requests, ${percent(validationError)} on validation requests`;
}

/** What may stand in a comment that documents a declaration, which gofmt would reformat otherwise. */
function text(value: string | number): string {
  return String(value).replace(/[^A-Za-z0-9 .,:;%()+_/-]+/g, '-');
}

function percent(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(4))} %` : 'unknown';
}
