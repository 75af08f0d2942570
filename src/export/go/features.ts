import type { GoDefinition, GoExtraction } from '../../physics/index.ts';
import { aligned, indented, variables } from './text.ts';

/** Features of a batch as Go: a struct, and the method of the model that fills it. */
export interface GoFeatures {
  /** Name of the type and of the method. */
  readonly name: string;
  /** What they are, to follow the name. */
  readonly meaning: string;
  /** Fields of the struct by the names of the features, in order. */
  readonly fields: ReadonlyMap<string, string>;
  readonly extraction: GoExtraction;
}

/** Fields for features: their own names, and those of the variables that reductions are summed up in. */
export function featureFields(names: readonly string[], { reductions }: GoExtraction): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name, reductions[name] ?? name]));
}

/** The terms of the model that the method reads: what its definitions need and is the same for every batch. */
export function termsRead({ extraction, fields }: GoFeatures): readonly string[] {
  const perBatch = extraction.definitions.filter(({ perModel }) => !perModel).flatMap(({ lines }) => lines);
  const read = variables([...perBatch, ...fields.values()]);
  return extraction.definitions.flatMap(({ name, perModel }: GoDefinition) =>
    perModel && read.has(name) ? [name] : [],
  );
}

/** The struct and the method. */
export function featuresGo(features: GoFeatures, request: string): string {
  const { name, meaning, fields, extraction } = features;
  const perBatch = extraction.definitions.filter(({ perModel }) => !perModel).flatMap(({ lines }) => lines);
  const list = [...fields.values()];
  const body = [
    ...(extraction.sums.includes('kvTokens') ? ['blockSize := m.parameters.blockSize'] : []),
    ...sumLines(extraction),
    ...(variables([...perBatch, ...list]).has('p') ? ['p := &m.parameters'] : []),
    ...termsRead(features).map((term) => `${term} := m.terms.${term}`),
    ...perBatch,
    ...literal(name, list),
  ];
  return `// ${name} are ${meaning}.
${struct(
  name,
  list.map((field) => [field, 'float64']),
)}
// ${name} adds up the requests of a batch. A request prefills while its context is shorter than its prompt, and decodes
// afterwards if it has output.
func (m *Model) ${name}(batch []*${request}) ${name} {
${indented(body)}}
`;
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

/** `return` of a struct whose fields are variables of their names. */
export function literal(type: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [`return ${type}{}`];
  return [
    `return ${type}{`,
    ...aligned(
      names.map((name) => [`${name}:`, `${name},`]),
      '\t',
    ),
    '}',
  ];
}

/** Declares a struct. */
export function struct(name: string, fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return `type ${name} struct{}\n`;
  return `type ${name} struct {\n${aligned(fields, '\t').join('\n')}\n}\n`;
}
