export type { Operator, Proposal, ProposalContext, ProposalFailure } from './operator.ts';
export { createGrammarOperator } from './grammar/grammar.ts';
