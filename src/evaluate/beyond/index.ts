export { beyondData, type BeyondData } from './beyond-data.ts';
export { flatStretches, type FlatStretches } from './flat-stretches.ts';
export type { ResponseCurves, ResponsePoint } from './response-curves.ts';
