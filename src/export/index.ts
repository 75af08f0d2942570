export { exportGo } from './export-go.ts';
export { type ExportedModel, readExportedModel } from './exported-model.ts';
export { printGoFunction } from './go/function.ts';
export type {
  ExportGroup,
  ExportInput,
  ExportOptions,
  InterfaceName,
} from './types.ts';
