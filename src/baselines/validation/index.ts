export type { Checked } from './checked.ts';
export { holdOut, type HoldOutCheck } from './generalisation.ts';
export type { GeneralisationInput } from './generalisation-input.ts';
export { checkInvariants, type InvariantReport } from './invariants.ts';
export { type LoadCheck, lowToHighLoad } from './low-to-high-load.ts';
