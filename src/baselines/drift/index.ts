export {
  checkDrift,
  type DriftCheck,
} from './check.ts';
export { experimentsOf } from './evidence.ts';
export { boundsOf, type FittedRange } from './fitted-ranges.ts';
export { type Standing, standingOf } from './standing.ts';
export type { CheckedPart, DriftVerdict } from './checked-part.ts';
