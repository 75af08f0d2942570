export { type HostName, isolateFault, SANDBOX_HOSTS, sandboxHost, type SandboxLimits } from './hosts/index.ts';
export { LANES, sandboxBytes } from './memory-map.ts';
export { Model } from './model.ts';
export type { NormalSums } from './normal-sums.ts';
export { type Kernel, type Lane, Sandbox } from './sandbox.ts';
export type { Block, ColumnTable, FoldColumns, LossShape } from './types.ts';
export { CONSTANT_LIMIT, FEATURE_LIMIT, type KernelMemory, printWasm } from './wasm/index.ts';
export { classifyFailure, type WorkFailure } from './work-failure.ts';
