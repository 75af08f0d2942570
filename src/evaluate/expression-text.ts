import { type Graph, numberText, OPERATIONS } from '../program/index.ts';

/** Longer text is cut: a message has one line. */
const LONGEST = 80;
const SIGN_PRECEDENCE = 15;
const ATOM_PRECEDENCE = 100;

/** A graph's expression as it stands in a program's source, on one line and without names for its parts. */
export function expressionText(graph: Graph): string {
  const terms: { readonly text: string; readonly precedence: number }[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const { text, precedence } = OPERATIONS[node.op].source(node.args.map((arg) => terms[arg]!));
      // Cut at once: shared parts written out may be exponentially long.
      terms.push({ text: text.slice(0, LONGEST + 1), precedence });
    } else if (node.kind === 'number') {
      const text = numberText(node.value);
      terms.push({ text, precedence: text.startsWith('-') ? SIGN_PRECEDENCE : ATOM_PRECEDENCE });
    } else {
      terms.push({ text: `${node.kind === 'feature' ? 'batch' : 'c'}.${node.name}`, precedence: ATOM_PRECEDENCE });
    }
  }
  const { text } = terms[graph.roots[0] ?? -1]!;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
