export {
  type Checked,
  type GeneralisationInput,
  type HeldOut,
  type HoldOutCheck,
  leaveOneModelOut,
  leaveOneWorkloadOut,
  type LoadCheck,
  lowToHighLoad,
} from './generalisation.ts';
export { checkInvariants, type InvariantInput, type InvariantReport } from './invariants.ts';
export type { Monotonicity } from './monotonicity.ts';
export type { Positivity } from './positivity.ts';
