import { type Graph, OPERATIONS } from '../../program/index.ts';
import type { Individual } from '../../search/index.ts';

/** Something that programs of several runs have in common. */
export interface Recurrence {
  /** An id, a name or an expression. */
  readonly what: string;
  /** Runs in which a program of the front has it. */
  readonly runs: number;
}

/** What recurs across the Pareto fronts of runs. */
export interface Recurrences {
  /** Programs, by id. */
  readonly programs: readonly Recurrence[];
  /** Features that some program of the front uses. */
  readonly features: readonly Recurrence[];
  /** Expressions of two operations or more, with constants written as `c`. */
  readonly terms: readonly Recurrence[];
}

/** At most this many of each kind are told. */
const TOLD = 12;

/** Counts, for what occurs in at least two runs, in how many; most frequent first, then the longest, then by name. */
export function recurrences(fronts: readonly (readonly Individual[])[]): Recurrences {
  return {
    programs: count(fronts, ({ id }) => [id]),
    features: count(fronts, ({ complexity }) => complexity.features),
    terms: count(fronts, ({ program }) => termsOf(program.graph)),
  };
}

function count(
  fronts: readonly (readonly Individual[])[],
  namesOf: (individual: Individual) => readonly string[],
): readonly Recurrence[] {
  const runs = new Map<string, number>();
  for (const front of fronts) {
    for (const name of new Set(front.flatMap(namesOf))) runs.set(name, (runs.get(name) ?? 0) + 1);
  }
  return [...runs]
    .filter(([, times]) => times > 1)
    .map(([what, times]) => ({ what, runs: times }))
    .sort((a, b) => b.runs - a.runs || b.what.length - a.what.length || (a.what < b.what ? -1 : 1))
    .slice(0, TOLD);
}

/**
 * Every expression of two operations or more, in a form that neither names of constants nor the order of commuting operands
 * changes.
 */
export function termsOf(graph: Graph): readonly string[] {
  const texts: string[] = [];
  const operations: number[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const args = node.args.map((arg) => texts[arg]!);
      const ordered = OPERATIONS[node.op].commutative ? args.sort() : args;
      texts.push(`${node.op}(${ordered.join(', ')})`);
      operations.push(1 + node.args.reduce((sum, arg) => sum + operations[arg]!, 0));
    } else {
      texts.push(node.kind === 'constant' ? 'c' : node.kind === 'feature' ? node.name : String(node.value));
      operations.push(0);
    }
  }
  return texts.filter((_, at) => operations[at]! >= 2);
}
