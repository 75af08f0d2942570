export { beyondData, type BeyondData } from './beyond-data.ts';
export { flatStretches, type FlatStretches } from './flat-stretches.ts';
export { type ResponseCurves, responseCurves, type ResponsePoint } from './response-curves.ts';
