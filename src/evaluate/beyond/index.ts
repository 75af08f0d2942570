export { beyondData, type BeyondData } from './beyond-data.ts';
export { StepIntervals } from './intervals.ts';
export { flatStretches, type FlatStretches } from './flat-stretches.ts';
export { type ResponseCurves, responseCurves, type ResponsePoint, shownPoints } from './response-curves.ts';
