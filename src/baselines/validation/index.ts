export type { Checked } from './checked.ts';
export { foldOf } from './folds.ts';
export { holdOut, type HoldOutCheck } from './generalisation.ts';
export type { GeneralisationInput } from './generalisation-input.ts';
export { checkInvariants, type InvariantReport } from './invariants.ts';
export { type LoadCheck, lowToHighLoad } from './low-to-high-load.ts';
export { type FoldPick, type FoldSearch, judgeFolds, type NestedCheck } from './nested.ts';
export { HOLD_OUTS, type HoldOutName, type Part, PARTS } from './parts.ts';
