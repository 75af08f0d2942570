import { type Graph, GraphBuilder, parseExpression } from '../program/index.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { everyFeature } from './features.ts';
import { MODEL_PARAMETERS, type ModelParameter } from './formulas.ts';

/*
 * Formulas refer to each other by name. For the columns they are put into one graph whose leaves are request sums and
 * model parameters, so that shared parts are computed once; for Go they stay apart, one named variable each, because
 * that is what a person can read. A name on the right that is a parameter means the parameter: the features `layers`
 * and `tp` are the parameters of the same name.
 */

interface Vocabulary {
  readonly formulas: ReadonlyMap<string, string>;
  readonly sums: readonly MeasuredName[];
  readonly names: readonly string[];
}

const PARAMETERS = Object.keys(MODEL_PARAMETERS) as readonly ModelParameter[];
const VOCABULARIES: { readonly [C in ContextSource]: Vocabulary } = {
  blocks: vocabulary('blocks'),
  requests: vocabulary('requests'),
};

function vocabulary(contexts: ContextSource): Vocabulary {
  const features = everyFeature(contexts);
  const formulas = new Map<string, string>(
    features.flatMap((feature) => (feature.source === 'formula' ? [[feature.name, feature.formula] as const] : [])),
  );
  const sums = features.flatMap((feature) => (feature.source === 'requests' ? [feature.name] : []));
  return { formulas, sums, names: [...new Set([...PARAMETERS, ...sums, ...formulas.keys()])] };
}

/** What a formula reads. */
type Read =
  | { readonly kind: 'sum'; readonly name: MeasuredName }
  | { readonly kind: 'parameter'; readonly name: ModelParameter }
  | { readonly kind: 'formula'; readonly name: string };

interface FormulaDefinition {
  readonly name: string;
  /** The formula alone; its feature nodes are `reads`. */
  readonly graph: Graph;
  readonly reads: readonly Read[];
  /** True where only parameters are below it. */
  readonly perModel: boolean;
}

/** All that some features are made of; a definition stands after those that it reads. */
export interface Dependencies {
  readonly sums: readonly MeasuredName[];
  readonly parameters: readonly ModelParameter[];
  readonly definitions: readonly FormulaDefinition[];
}

/** By text. */
const parsed = new Map<string, Graph>();

/** @throws RangeError where a name is not a feature that programs may use. */
export function dependencies(names: readonly string[], contexts: ContextSource): Dependencies {
  const words = VOCABULARIES[contexts];
  const definitions = new Map<string, FormulaDefinition>();
  const sums = new Set<MeasuredName>();
  const parameters = new Set<ModelParameter>();
  const visit = (name: string): boolean => {
    const known = definitions.get(name);
    if (known !== undefined) return known.perModel;
    const graph = formula(name, words);
    const reads = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [readOf(node.name, words)] : []));
    const perModel = reads.map((read) => {
      if (read.kind === 'sum') sums.add(read.name);
      else if (read.kind === 'parameter') parameters.add(read.name);
      return read.kind === 'formula' ? visit(read.name) : read.kind === 'parameter';
    });
    const definition = { name, graph, reads, perModel: perModel.every(Boolean) };
    definitions.set(name, definition);
    return definition.perModel;
  };
  for (const name of names) {
    const sum = words.sums.find((candidate) => candidate === name);
    if (sum === undefined) visit(name);
    else sums.add(sum);
  }
  return {
    sums: words.sums.filter((name) => sums.has(name)),
    parameters: PARAMETERS.filter((name) => parameters.has(name)),
    definitions: [...definitions.values()],
  };
}

/**
 * One graph for some features, a root for each name; its leaves are request sums and model parameters, both as feature
 * nodes.
 *
 * @throws RangeError where a name is not a feature that programs may use.
 */
export function featureGraph(names: readonly string[], contexts: ContextSource = 'blocks'): Graph {
  const builder = new GraphBuilder();
  const nodes = new Map<string, number>();
  for (const { name, graph, reads } of dependencies(names, contexts).definitions) {
    const formulaReads = new Set(reads.flatMap((read) => (read.kind === 'formula' ? [read.name] : [])));
    const node = builder.copy(graph, graph.roots[0]!, (part) =>
      part.kind === 'feature' && formulaReads.has(part.name) ? nodes.get(part.name) : undefined,
    );
    nodes.set(name, node);
  }
  return builder.build(names.map((name) => nodes.get(name) ?? builder.feature(name)));
}

function readOf(name: string, { sums }: Vocabulary): Read {
  const parameter = PARAMETERS.find((candidate) => candidate === name);
  if (parameter !== undefined) return { kind: 'parameter', name: parameter };
  const sum = sums.find((candidate) => candidate === name);
  return sum === undefined ? { kind: 'formula', name } : { kind: 'sum', name: sum };
}

function formula(name: string, { formulas, names }: Vocabulary): Graph {
  const text = formulas.get(name);
  if (text === undefined) throw new RangeError(`no feature \`${name}\` that a program may use`);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const graph = parseExpression(text, names);
  parsed.set(text, graph);
  return graph;
}
