export { beyondData, type BeyondData } from './beyond-data.ts';
export { flatStretches, type FlatStretches } from './flat-stretches.ts';
export type { ResponsePoint } from './response-curves.ts';
