import { oneLine } from '../../../../llm/index.ts';
import { type Caps, GraphBuilder, measure, type Program, simplify, splitTerms } from '../../../../program/index.ts';

const MOST_TERMS = 8;
const LONGEST_TERM = 60;

/** Where the operations of a program that has too many are, largest term first; nothing where it keeps to their cap. */
export function whatToDrop(program: Program, caps: Caps): readonly string[] {
  const simple = simplify(program);
  const { operations } = measure(simple);
  if (operations <= caps.operations) return [];
  const { terms, graph } = splitTerms(simple);
  const measured = terms
    .map(({ text, value }) => {
      const builder = new GraphBuilder();
      const root = builder.copy(graph, graph.roots[value] as number);
      return { text, operations: measure({ ...simple, graph: builder.build([root]) }).operations };
    })
    .sort((a, b) => b.operations - a.operations);
  const listed = measured
    .slice(0, MOST_TERMS)
    .map((term) => `\`${oneLine(term.text, LONGEST_TERM)}\` has ${term.operations}`);
  return [`1:1 drop or shorten terms by ${operations - caps.operations} operations; by term: ${listed.join(', ')}`];
}
