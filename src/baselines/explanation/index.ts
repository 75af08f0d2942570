export { type Explanation, explainProgram } from './explain.ts';
export { BATCH_REGIMES } from './regimes.ts';
export type { FoundSign } from './signs.ts';
export type { TermShares } from './term-shares.ts';
