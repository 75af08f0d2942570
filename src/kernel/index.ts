export { GivenPasses } from './given-passes.ts';
export { type HostName, isolateFault, SANDBOX_HOSTS, sandboxHost } from './hosts/index.ts';
export { sandboxBytes } from './memory-map.ts';
export { Model } from './model.ts';
export type { NormalSums } from './normal-sums.ts';
export { type Kernel, Sandbox } from './sandbox.ts';
export type { Block, ColumnTable, LentColumn, LossForm, RowSetColumns } from './types.ts';
export { FEATURE_LIMIT, printWasm } from './wasm/index.ts';
export { classifyFailure, type WorkFailure } from './work-failure.ts';
