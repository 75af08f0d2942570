export { blisPatch, type BlisPatchOptions, writeBlisPatch } from './blis/blis-patch.ts';
export { blisTrace } from './blis/trace.ts';
export { exportGo } from './export-go.ts';
export { type ExportedModel, readExportedModel } from './exported-model.ts';
export { exportFormula } from './formula/export-formula.ts';
export { FORMULA_LANGUAGES, type FormulaLanguage } from './formula/types.ts';
export { printGoFunction } from './go/function.ts';
export type {
  ExportGroup,
  ExportInput,
  ExportOptions,
  InterfaceName,
} from './types.ts';
