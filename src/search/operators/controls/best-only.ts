import { createGrammarOperator } from '../grammar/grammar.ts';
import type { Operator } from '../operator.ts';

/**
 * A control: the changes of the grammar operator, always made to the program of the lowest error. What a search gains over it
 * at equal budget is what its archive and its selection are worth.
 */
export function createBestOnlyOperator(): Operator {
  const grammar = createGrammarOperator();
  return {
    name: 'best-only',
    redraws: grammar.redraws,
    propose: (context, random) => {
      const { best } = context.select;
      return grammar.propose({ ...context, select: Object.assign(() => best, { best }) }, random);
    },
  };
}
