export type {
  Attempt,
  Batch,
  Draw,
  Operator,
  OperatorHistory,
  Proposal,
  ProposalContext,
  ProposalGroup,
} from './operator.ts';
export { createGrammarOperator } from './grammar/grammar.ts';
export { createLlmOperator, type LlmOperatorOptions } from './llm/llm.ts';
export { type KindName, KINDS } from './llm/kinds.ts';
export { previewPrompt, type PromptPreview } from './llm/preview.ts';
export { type Limits, type LlmSettings, type Task, TEMPLATE_NAMES, type TemplateName } from './llm/settings.ts';
export { createBestOnlyOperator } from './controls/best-only.ts';
export { createRandomOperator } from './controls/random-programs.ts';
