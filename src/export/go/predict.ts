import { type ContextSource, type GoDefinition, type GoExtraction, goExtraction } from '../../physics/index.ts';
import { type GoBody, printGo, type Program } from '../../program/index.ts';
import { featureFields, featuresGo, type GoFeatures, literal, struct, termsRead } from './features.ts';
import type { GoInterface } from './interfaces.ts';
import { spacedBody, spacedLine } from './spacing.ts';
import { GENERATED, importsGo, indented, variables } from './text.ts';

/** The program as Go: how its features are computed from requests, and the value before rounding. */
export interface GoPrediction {
  /** What the program reads of a batch. */
  readonly features: GoFeatures;
  /** What a batch is made of beside it, to tell whether it lies beyond the data. */
  readonly figures: GoFeatures;
  readonly body: GoBody;
}

/** How a program was fitted, and under which names it is printed. */
export interface GoPredictionInput {
  readonly program: Program;
  /** Go names of the constants, in the order of the program. */
  readonly fields: readonly string[];
  /** Features beside those that the program reads. */
  readonly beside: readonly string[];
  readonly go: GoInterface;
  /** How the data that the program was fitted on knows contexts. */
  readonly contexts?: ContextSource | undefined;
}

/** Prints a program and what it reads. */
export function goPrediction({ program, fields, beside, go, contexts }: GoPredictionInput): GoPrediction {
  const names = featuresRead(program);
  const of = (wanted: readonly string[]): Pick<GoFeatures, 'fields' | 'extraction'> => {
    const extraction = spacedExtraction(wanted, go, contexts);
    return { extraction, fields: featureFields(wanted, extraction) };
  };
  const features = of(names);
  const body = printGo(program.graph, {
    feature: Object.fromEntries([...features.fields].map(([name, field]) => [name, `f.${field}`])),
    constant: Object.fromEntries(program.constants.map(({ name }, i) => [name, `c.${fields[i]}`])),
  });
  return {
    features: { name: 'features', meaning: 'what the program reads of a batch', ...features },
    figures: { name: 'figures', meaning: 'what a batch is made of beside its features', ...of(beside) },
    body: spacedBody(body),
  };
}

function spacedExtraction(names: readonly string[], go: GoInterface, contexts?: ContextSource): GoExtraction {
  const accessor = {
    progressIndex: 'r.ProgressIndex',
    newTokens: 'r.NumNewTokens',
    inputLength: go.inputLength,
    hasOutput: 'len(r.OutputTokens) > 0',
    blockSize: 'blockSize',
    parameter: (name: string) => `p.${name}`,
  };
  const { definitions, loopEnd, ...rest } = goExtraction(names, accessor, contexts);
  const spaced = definitions.map(({ lines, ...each }): GoDefinition => ({ ...each, lines: lines.map(spacedLine) }));
  return { ...rest, loopEnd: loopEnd.map(spacedLine), definitions: spaced };
}

/** Every feature in the program's graph, sorted. */
export function featuresRead(program: Program): readonly string[] {
  return program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])).sort();
}

/** Types for what is fixed by model and hardware, what is read of a batch, and the prediction for it. */
export function predictGo(
  { features, figures, body }: GoPrediction,
  { request, simImport, packageName }: GoInterface,
): string {
  const { parameters, definitions, helpers } = features.extraction;
  const terms = termsRead(features);
  const result = body.results[0]!;
  const read = variables([...body.statements, result]);
  const predict = [
    ...(read.has('f') ? ['f := m.features(batch)'] : []),
    ...(read.has('c') ? ['c := &m.beta'] : []),
    ...body.statements,
    `return ${result}`,
  ];
  const perModel = definitions.filter((definition) => definition.perModel);
  const code = `// parameters are what the program needs to know of a model and its hardware.
${struct('parameters', [['blockSize', 'int64'], ...floats(parameters)])}
${terms.length === 0 ? '' : termsGo(terms, needed(perModel, terms))}${[features, figures].map((each) => (each.fields.size === 0 ? '' : `${featuresGo(each, request)}\n`)).join('')}// predict is the value of the program before rounding, in microseconds.
func (m *Model) predict(batch []*${request}) float64 {
${indented(predict)}}
${[...new Set([...helpers, ...figures.extraction.helpers, ...body.helpers])].map((helper) => `\n${helper.trimEnd()}\n`).join('')}`;
  return `${GENERATED}package ${packageName}\n\n${importsGo(code.includes('math.') ? ['math'] : [], simImport)}${code}`;
}

/** The type, and the function that fills it once for a model. */
function termsGo(terms: readonly string[], definitions: readonly string[]): string {
  return `// terms are the numbers that follow from the parameters alone.
${struct('terms', floats(terms))}
func termsOf(p parameters) terms {
${indented([...definitions, ...literal('terms', terms)])}}

`;
}

/** Whether models keep terms. */
export function hasTerms({ features }: GoPrediction): boolean {
  return termsRead(features).length > 0;
}

/** The definitions that the wanted ones are made of; Go refuses a variable that nothing reads. */
function needed(definitions: readonly GoDefinition[], wanted: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let read: ReadonlySet<string> = new Set(wanted);
  for (const { name, lines } of definitions.toReversed()) {
    if (!read.has(name)) continue;
    kept.unshift(...lines);
    read = new Set([...read, ...variables(lines)]);
  }
  return kept;
}

function floats(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [name, 'float64']);
}
