import type { Graph } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { atom, type Term } from '../spelling.ts';
import { numberTerm, numberText } from './terms.ts';

/** Longer text is cut: a message has one line. */
const LONGEST = 80;
const SIGN_PRECEDENCE = 15;

/**
 * A graph's expression as it stands in a program's source, on one line and without names for its parts.
 *
 * @param longest characters; longer text is cut.
 */
export function printExpression(graph: Graph, longest: number = LONGEST): string {
  const terms: Term[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const { text, precedence } = OPERATIONS[node.op].source(node.args.map((arg) => terms[arg]!));
      // Cut at once: shared parts written out may be exponentially long.
      terms.push({ text: text.slice(0, longest + 1), precedence });
    } else if (node.kind === 'number') terms.push(numberTerm(node.value, numberText(node.value), SIGN_PRECEDENCE));
    else terms.push(atom(`${node.kind === 'feature' ? 'batch' : 'c'}.${node.name}`));
  }
  const { text } = terms[graph.roots[0] ?? -1]!;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
