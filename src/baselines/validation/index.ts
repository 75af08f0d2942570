export {
  type Checked,
  type HoldOutCheck,
  leaveOneModelOut,
  leaveOneWorkloadOut,
  type LoadCheck,
  lowToHighLoad,
} from './generalisation.ts';
export type { GeneralisationInput } from './fold-fits.ts';
export { checkInvariants, type InvariantReport } from './invariants.ts';
