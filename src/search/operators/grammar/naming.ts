import {
  GraphBuilder,
  type Graph,
  OPERATIONS,
  type OpName,
  type Program,
  reductionOf,
} from '../../../program/index.ts';

/** What a constant is called that an operation uses first; `about` is the feature beside it, if any. */
export function nameOfConstant(op: OpName, about: string | undefined): string {
  const { constantName, constantSuffix } = OPERATIONS[op].grammar;
  return about === undefined || constantSuffix === undefined ? constantName : `${about}${constantSuffix}`;
}

/** What a constant beside a feature is named after: a reduction over requests has text for a name. */
function nameOfFeature(name: string): string {
  const reduction = reductionOf(name);
  return reduction === undefined ? name : `${reduction.over}OverRequests`;
}

/** The first feature at or below a node, in the order of the graph. */
function featureBelow(graph: Graph, at: number): string | undefined {
  const node = graph.nodes[at];
  if (node?.kind === 'feature') return nameOfFeature(node.name);
  if (node?.kind !== 'op') return undefined;
  for (const arg of node.args) {
    const found = featureBelow(graph, arg);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What each constant does in a program: a name made of the operation that uses it first and the feature beside it. */
function roles(program: Program): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of program.graph.nodes) {
    if (node.kind !== 'op') continue;
    for (const arg of node.args) {
      const constant = program.graph.nodes[arg];
      if (constant?.kind !== 'constant' || found.has(constant.name)) continue;
      const beside = node.args.filter((other) => other !== arg);
      const about = beside.map((other) => featureBelow(program.graph, other)).find((name) => name !== undefined);
      found.set(constant.name, nameOfConstant(node.op, about));
    }
  }
  return found;
}

/**
 * Gives a new name to each inherited constant that no longer does what its name says: one whose place in the child differs
 * from its place in the parent. Those whose place is the same keep the name that a person or a model gave them.
 */
export function renameByRole(child: Program, parent: Program): Program {
  const before = roles(parent);
  const now = roles(child);
  const keeps = (name: string): boolean => !before.has(name) || before.get(name) === now.get(name);
  const names = new Map(child.constants.filter(({ name }) => keeps(name)).map(({ name }) => [name, name]));
  const taken = new Set(names.values());
  for (const { name } of child.constants) {
    if (names.has(name)) continue;
    const role = now.get(name) ?? name;
    let free = role;
    for (let n = 2; taken.has(free); n++) free = `${role}${n}`;
    taken.add(free);
    names.set(name, free);
  }
  const builder = new GraphBuilder();
  const roots = child.graph.roots.map((root) =>
    builder.copy(child.graph, root, (node) =>
      node.kind === 'constant' ? builder.constant(names.get(node.name) ?? node.name) : undefined,
    ),
  );
  return {
    ...child,
    constants: child.constants.map(({ name, start }) => ({ name: names.get(name) ?? name, start })),
    graph: builder.build(roots),
  };
}
