import {
  type Graph,
  type IrNode,
  isFactorAt,
  joinsAll,
  measure,
  OPERATIONS,
  type OpName,
  type Program,
  useCounts,
} from '../program/index.ts';
import { withFittedStarts } from './fitted-starts.ts';
import { gather } from './gather.ts';
import type { Individual } from './individual.ts';
import { Draft } from './operators/grammar/draft.ts';
import { tidy } from './operators/grammar/tidy.ts';
import { weakConstants, type Weakness } from './weak-constants.ts';

/** A program with one constant less. */
export interface Pruned {
  readonly mutation: Weakness | 'exact';
  readonly program: Program;
}

/** Whether an operation holds without one of its arguments: a sum, or what takes the extreme or the hypotenuse of sides. */
function isJoin(op: OpName): boolean {
  const { sides } = OPERATIONS[op];
  return joinsAll(op, 'sum') || sides === 'extreme' || sides === 'squares';
}

/**
 * The programs that are left when the constant which the data needs least is taken out, with the fitted constants as start values:
 * its term is dropped, or it is 0; one that is not identified may also be a factor that others take in, so it is tried as 1. Of
 * several weak constants only the first goes, because each may be weak for what another one does. In a program that is exact every
 * constant is tried in turn, as any term too many has a standard error of nothing there; and constants that are equal are made one.
 *
 * Source: backward elimination; Miller, "Subset selection in regression", 2nd ed., 2002, section 3.3.
 */
export function prunedOf(individual: Individual): readonly Pruned[] {
  const program = withFittedStarts(individual);
  const weak = weakConstants(individual);
  for (const { name, weakness } of weak) {
    const without = [withoutTerm(program, name), ...(weakness === 'unidentified' ? withoutFactor(program, name) : [])];
    const left = usable(program, without);
    if (left.length > 0) return left.map((each) => ({ mutation: weakness, program: each }));
  }
  if (individual.criteria.error > 0) return [];
  const without = program.constants.map(({ name }) => withoutTerm(program, name));
  return usable(program, [tied(individual, program), ...without]).map((each) => ({ mutation: 'exact', program: each }));
}

/** Constants of an exact program that differ by less, relatively, are equal. */
const EQUAL = 1e-6;

/** With constants that are equal in all groups made one, and what parts then have in common written once. */
function tied({ evaluation: { fits } }: Individual, program: Program): Program {
  const isEqual = (a: string, b: string): boolean =>
    fits.every(({ constants }) => Math.abs(constants[a]! - constants[b]!) <= EQUAL * Math.abs(constants[a]!));
  const names = program.constants.map(({ name }) => name);
  const first = (name: string): string => names.find((other) => isEqual(other, name)) ?? name;
  const draft = new Draft(program);
  const { nodes } = program.graph;
  const root = draft.take(program, program.graph.roots[0]!, (at) => {
    const node = nodes[at];
    if (node?.kind !== 'constant' || first(node.name) === node.name) return undefined;
    return draft.take(program, constantAt(program.graph, first(node.name)));
  });
  return gather(draft.finish(root));
}

/** Those that are smaller and still read the batch. */
function usable(before: Program, programs: readonly (Program | undefined)[]): readonly Program[] {
  const { operations } = measure(before);
  return programs.flatMap((program) => {
    if (program === undefined) return [];
    const tidied = tidy(program);
    const size = measure(tidied);
    const isLess = size.operations < operations || tidied.constants.length < before.constants.length;
    return isLess && size.features.length > 0 ? [tidied] : [];
  });
}

/** A product without a constant that others may take in. */
function withoutFactor(program: Program, name: string): readonly Program[] {
  const constant = constantAt(program.graph, name);
  const isFactor = program.graph.nodes.some(
    (node) => usesNode(node, constant) && node.kind === 'op' && joinsAll(node.op, 'product'),
  );
  return isFactor ? [withValue(program, name, 1)] : [];
}

/** The term that a constant is a factor of dropped from its sum, maximum or the like; else the constant as 0. */
function withoutTerm(program: Program, name: string): Program | undefined {
  const { graph } = program;
  const uses = useCounts(graph);
  let term = constantAt(graph, name);
  for (;;) {
    const user = uses[term] === 1 ? graph.nodes.findIndex((node) => usesNode(node, term)) : -1;
    const node = graph.nodes[user];
    if (node?.kind !== 'op') return withValue(program, name, 0);
    const place = node.args.indexOf(term);
    if (isJoin(node.op)) return withoutArgument(program, user, node, place);
    // Whatever is a factor of a term is the term.
    if (!isFactorAt(node.op, place)) return withValue(program, name, 0);
    term = user;
  }
}

function withoutArgument(program: Program, at: number, { op, args }: OpNode, place: number): Program {
  const draft = new Draft(program);
  const kept = args.filter((_, other) => other !== place);
  return draft.replace(at, () => {
    const copies = kept.map((arg) => draft.take(program, arg));
    return copies.length === 1 ? copies[0]! : draft.op(op, ...copies);
  });
}

type OpNode = Extract<IrNode, { readonly kind: 'op' }>;

function withValue(program: Program, name: string, value: number): Program {
  const draft = new Draft(program);
  return draft.replace(constantAt(program.graph, name), () => draft.number(value));
}

function constantAt({ nodes }: Graph, name: string): number {
  return nodes.findIndex((node) => node.kind === 'constant' && node.name === name);
}

function usesNode(node: IrNode, at: number): boolean {
  return node.kind === 'op' && node.args.includes(at);
}
