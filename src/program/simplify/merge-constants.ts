import { GraphBuilder, isBoolean } from '../graph-builder.ts';
import { usedConstants } from '../graph-tools.ts';
import { evaluateNodes } from '../interpret.ts';
import type { Graph, IrNode, Program } from '../ir.ts';

type Names = ReadonlySet<string>;
const NONE: Names = new Set();

function union(sets: readonly (Names | undefined)[]): Names | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const name of set) all.add(name);
  }
  return all;
}

/** Per node: the constants below it, or undefined where a feature is below it. */
function supports(graph: Graph): readonly (Names | undefined)[] {
  const result: (Names | undefined)[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') result.push(union(node.args.map((arg) => result[arg])));
    else result.push(node.kind === 'feature' ? undefined : node.kind === 'constant' ? new Set([node.name]) : NONE);
  }
  return result;
}

function isNumeric(node: IrNode): boolean {
  return !isBoolean(node);
}

/**
 * Whether constants merge must not depend on where they start: one that would start from no number starts from 1, and −0 is 0.
 */
export function startFrom(value: number): number {
  return Number.isFinite(value) ? value + 0 : 1;
}

/** Replaces each largest expression of constants alone by one constant, where no constant in it is used elsewhere. */
export function mergeConstants(program: Program): Program {
  const { graph } = program;
  const support = supports(graph);
  // A node is outermost where something with a feature below it, a condition or the result uses it.
  const outermost = new Set<number>(graph.roots.filter((root) => support[root] !== undefined));
  graph.nodes.forEach((node, i) => {
    if (node.kind !== 'op' || (support[i] !== undefined && isNumeric(node))) return;
    for (const arg of node.args) if (support[arg] !== undefined) outermost.add(arg);
  });
  const owners = new Map<string, number>();
  for (const i of outermost) {
    const node = graph.nodes[i];
    if (node !== undefined && !isNumeric(node)) continue;
    for (const name of support[i] ?? []) owners.set(name, (owners.get(name) ?? 0) + 1);
  }
  const mergeable = [...outermost].filter((i) => {
    const node = graph.nodes[i];
    const names = [...(support[i] ?? [])];
    return node?.kind === 'op' && isNumeric(node) && names.length > 0 && names.every((name) => owners.get(name) === 1);
  });
  if (mergeable.length === 0) return program;
  const starts = new Map(program.constants.map(({ name, start }) => [name, start]));
  const values = evaluateNodes(
    {
      ...graph,
      nodes: graph.nodes.map((node, i) => (support[i] === undefined ? { kind: 'number', value: NaN } : node)),
    },
    { features: {}, constants: Object.fromEntries(starts) },
  );
  const replacement = new Map<number, string>();
  for (const i of mergeable) {
    const first = program.constants.find(({ name }) => support[i]?.has(name));
    if (first === undefined) continue;
    starts.set(first.name, startFrom(values[i] ?? NaN));
    replacement.set(i, first.name);
  }
  const builder = new GraphBuilder();
  const root = builder.copy(graph, graph.roots[0] ?? -1, (_node, i) => {
    const name = replacement.get(i);
    return name === undefined ? undefined : builder.constant(name);
  });
  const merged = builder.build([root]);
  const constants = program.constants.map(({ name, start }) => ({ name, start: starts.get(name) ?? start }));
  return { doc: program.doc, constants: usedConstants(constants, merged), graph: merged };
}
