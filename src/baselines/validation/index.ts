export {
  type Checked,
  type GeneralisationInput,
  type HoldOutCheck,
  leaveOneModelOut,
  leaveOneWorkloadOut,
  type LoadCheck,
  lowToHighLoad,
} from './generalisation.ts';
export { checkInvariants, type InvariantReport } from './invariants.ts';
