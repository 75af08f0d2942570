export {
  type CheckedPart,
  checkDrift,
  type DriftCheck,
  type DriftVerdict,
} from './check.ts';
export { experimentsOf } from './evidence.ts';
export { type Standing, standingOf } from './standing.ts';
