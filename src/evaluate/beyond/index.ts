export { flatStretches, type FlatStretches } from './flat-stretches.ts';
export { floorCheck, type FloorCheck } from './floor-check.ts';
export { type FittedOnData, rootsOnGrid } from './grid-predictions.ts';
export { type CoverageReport, StepIntervals } from './intervals.ts';
export { type ResponseCurves, responseCurves, type ResponsePoint } from './response-curves.ts';
