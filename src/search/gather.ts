import { GraphBuilder, joinsAll, OPERATIONS, type OpName, type Program } from '../program/index.ts';

/** The first argument that a choice lets a common addend of all through from: after its condition. Undefined of what is no choice. */
function firstSide(op: OpName): number | undefined {
  const { sides } = OPERATIONS[op];
  if (sides === 'extreme') return 0;
  return sides === 'branches' ? 1 : undefined;
}

/**
 * The same function with what parts have in common written once: c·x + c·y → c·(x + y), and max(a + x, a + y) → a + max(x, y). It has
 * no more operations, and other constants where several were equal before.
 */
export function gather(program: Program): Program {
  const builder = new GraphBuilder();
  const made: number[] = [];
  for (const node of program.graph.nodes) {
    if (node.kind !== 'op') {
      made.push(builder.copy({ nodes: [node], roots: [0] }, 0));
      continue;
    }
    const args = node.args.map((arg) => made[arg]!);
    made.push(joinsAll(node.op, 'sum') ? sumOf(builder, args) : choiceOf(builder, node.op, args));
  }
  const graph = builder.build([made[program.graph.roots[0]!]!]);
  const used = new Set(graph.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
  return { ...program, constants: program.constants.filter(({ name }) => used.has(name)), graph };
}

/** Members of a chain of one operation. */
function links(builder: GraphBuilder, at: number, op: OpName): readonly number[] {
  const node = builder.node(at);
  return node.kind === 'op' && node.op === op ? node.args.flatMap((arg) => links(builder, arg, op)) : [at];
}

function chain(builder: GraphBuilder, op: 'add' | 'mul', members: readonly number[]): number {
  return members.reduce((whole, member) => builder.op(op, whole, member));
}

/** A sum with each constant that several of its terms have as a factor written once. */
function sumOf(builder: GraphBuilder, args: readonly number[]): number {
  let terms = args.flatMap((arg) => links(builder, arg, 'add'));
  const constants = new Set(
    terms.flatMap((term) => links(builder, term, 'mul')).filter((at) => builder.node(at).kind === 'constant'),
  );
  for (const constant of constants) {
    const withIt = terms.filter((term) => term !== constant && links(builder, term, 'mul').includes(constant));
    if (withIt.length < 2) continue;
    const rests = withIt.map((term) => chain(builder, 'mul', without(links(builder, term, 'mul'), [constant])));
    const gathered = builder.op('mul', constant, chain(builder, 'add', rests));
    terms = [...terms.filter((term) => !withIt.includes(term)), gathered];
  }
  return chain(builder, 'add', terms);
}

/** An operation; a choice with what all of its sides add taken out. */
function choiceOf(builder: GraphBuilder, op: OpName, args: readonly number[]): number {
  const from = firstSide(op);
  if (from === undefined) return builder.op(op, ...args);
  const sides = args.slice(from).map((arg) => links(builder, arg, 'add'));
  const common = sides[0]!.filter((term) => sides.every((side) => side.includes(term)));
  if (common.length === 0) return builder.op(op, ...args);
  const rests = sides.map((side) => without(side, common));
  const left = rests.map((rest) => (rest.length === 0 ? builder.number(0) : chain(builder, 'add', rest)));
  const inner = builder.op(op, ...args.slice(0, from), ...left);
  return chain(builder, 'add', [...common, inner]);
}

/** The members without one of each of some others. */
function without(members: readonly number[], dropped: readonly number[]): readonly number[] {
  return dropped.reduce((left, each) => left.toSpliced(left.indexOf(each), 1), members);
}
