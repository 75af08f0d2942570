import { createGrammarOperator } from '../grammar/grammar.ts';
import type { Operator, ProposalContext } from '../operator.ts';

/**
 * A control: the changes of the grammar operator, always made to the program of the lowest error. What a search gains over it
 * at equal budget is what its archive and its selection are worth.
 */
export function createBestOnlyOperator(): Operator {
  const grammar = createGrammarOperator();
  return {
    name: 'best-only',
    redraws: grammar.redraws,
    propose: (context, random) => grammar.propose(ofBest(context), random),
    ...(grammar.draft !== undefined && { draft: (context, random) => grammar.draft?.(ofBest(context), random) }),
  };
}

function ofBest(context: ProposalContext): ProposalContext {
  const { best } = context.select;
  return { ...context, select: Object.assign(() => best, context.select) };
}
