import { type ContextSource, type GoDefinition, type GoExtraction, goExtraction } from '../../physics/index.ts';
import { type GoBody, printGo, type Program } from '../../program/index.ts';
import type { GoInterface } from './interfaces.ts';
import { spacedBody, spacedLine } from './spacing.ts';
import { aligned, GENERATED } from './text.ts';

/** The program as Go: how its features are computed from requests, and the value before rounding. */
export interface GoPrediction {
  readonly extraction: GoExtraction;
  readonly body: GoBody;
}

/**
 * @param fields Go names of the constants, in the order of the program.
 * @param contexts how the data that the program was fitted on knows contexts.
 */
export function goPrediction(
  program: Program,
  fields: readonly string[],
  go: GoInterface,
  contexts?: ContextSource,
): GoPrediction {
  const names = featuresRead(program);
  const accessor = {
    progressIndex: 'r.ProgressIndex',
    newTokens: 'r.NumNewTokens',
    inputLength: go.inputLength,
    hasOutput: 'len(r.OutputTokens) > 0',
    blockSize: 'blockSize',
    parameter: (name: string) => `p.${name}`,
  };
  const { definitions, loopEnd, ...rest } = goExtraction(names, accessor, contexts);
  const body = printGo(program.graph, {
    feature: Object.fromEntries(names.map((name) => [name, rest.reductions[name] ?? name])),
    constant: Object.fromEntries(program.constants.map(({ name }, i) => [name, `c.${fields[i]}`])),
  });
  return {
    extraction: { ...rest, loopEnd: loopEnd.map(spacedLine), definitions: definitions.map(spacedDefinition) },
    body: spacedBody(body),
  };
}

function spacedDefinition({ name, lines, perModel }: GoDefinition): GoDefinition {
  return { name, lines: lines.map(spacedLine), perModel };
}

/** Every feature in the program's graph, sorted. */
export function featuresRead(program: Program): readonly string[] {
  return program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])).sort();
}

/** Types for what is fixed by model and hardware, and the prediction for a batch. */
export function predictGo({ extraction, body }: GoPrediction, go: GoInterface): string {
  const perModel = extraction.definitions.filter((definition) => definition.perModel);
  const perBatch = extraction.definitions.filter((definition) => !definition.perModel);
  const result = body.results[0]!;
  const later = [...perBatch.flatMap(({ lines }) => lines), ...body.statements, result];
  const read = variables(later);
  const terms = perModel.filter(({ name }) => read.has(name)).map(({ name }) => name);
  const predict = [
    ...(extraction.sums.includes('kvTokens') ? ['blockSize := m.parameters.blockSize'] : []),
    ...sumLines(extraction),
    ...(read.has('p') ? ['p := &m.parameters'] : []),
    ...terms.map((name) => `${name} := m.terms.${name}`),
    ...perBatch.flatMap(({ lines }) => lines),
    ...(read.has('c') ? ['c := &m.beta'] : []),
    ...body.statements,
    `return ${result}`,
  ];
  const code = `// parameters are what the program needs to know of a model and its hardware.
${struct('parameters', [['blockSize', 'int64'], ...floats(extraction.parameters)])}
// terms are the numbers that follow from the parameters alone.
${struct('terms', floats(terms))}
func termsOf(p parameters) terms {
${indented([...needed(perModel, terms), ...termsLiteral(terms)])}}

// predict is the value of the program before rounding, in microseconds. A request prefills while its context is shorter
// than its prompt, and decodes afterwards if it has output.
func (m *Model) predict(batch []*${go.request}) float64 {
${indented(predict)}}
${[...new Set([...extraction.helpers, ...body.helpers])].map((helper) => `\n${helper.trimEnd()}\n`).join('')}`;
  const imports = [
    ...(code.includes('math.') ? ['import "math"\n\n'] : []),
    ...(go.simImport === '' ? [] : [`import "${go.simImport}"\n\n`]),
  ];
  return `${GENERATED}package steptime\n\n${imports.join('')}${code}`;
}

function sumLines({ sums, counters, beforeLoop, loop, loopEnd, afterLoop }: GoExtraction): readonly string[] {
  if (loop.length === 0) return [];
  return [
    ...(sums.length === 0 ? [] : [`var ${sums.join(', ')} float64`]),
    ...(counters.length === 0 ? [] : [`var ${counters.join(', ')} int64`]),
    ...beforeLoop,
    'for _, r := range batch {',
    ...[...loop, ...loopEnd].map((line) => `\t${line}`),
    '}',
    ...afterLoop,
  ];
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

/** Names in lines of Go, without those of fields: a constant may be called like a feature. */
function variables(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.match(/(?<![\w.])[A-Za-z_]\w*/g) ?? []));
}

function termsLiteral(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ['return terms{}'];
  return [
    'return terms{',
    ...aligned(
      names.map((name) => [`${name}:`, `${name},`]),
      '\t',
    ),
    '}',
  ];
}

function struct(name: string, fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return `type ${name} struct{}\n`;
  return `type ${name} struct {\n${aligned(fields, '\t').join('\n')}\n}\n`;
}

function floats(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name) => [name, 'float64']);
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `\t${line}\n`).join('');
}
