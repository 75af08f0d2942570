export type {
  Operator,
  Proposal,
  ProposalContext,
} from './operator.ts';
export { createGrammarOperator } from './grammar/grammar.ts';
export { createLlmOperator } from './llm/llm.ts';
export { type KindName } from './llm/kinds.ts';
export { previewPrompt } from './llm/preview.ts';
export { type LlmSettings, type Task, TEMPLATE_NAMES } from './llm/settings.ts';
export { createBestOnlyOperator } from './controls/best-only.ts';
export { createRandomOperator } from './controls/random-programs.ts';
