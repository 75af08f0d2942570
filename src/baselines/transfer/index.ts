export { transferBaseline, transferProgram } from './contestants.ts';
export { REFERENCE_PROGRAMS } from './reference-programs.ts';
export {
  type TransferContestant,
  type TransferReport,
  transferReport,
  type TransferRow,
} from './transfer.ts';
