/** Limits of what a host runs. */
export interface SandboxLimits {
  /** Heap, in MiB, of what the host runs; the rows do not count. */
  readonly memoryMb: number;
  /** Of one call, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Where kernels run: a WebAssembly memory and a table of kernels, and the calls that link modules to them. Whatever the host,
 * the same bytes give the same values.
 *
 * Calls throw where memory runs out, where a kernel traps and, in a host that can stop a call, on time-out;
 * `classifyFailure` tells which.
 */
export interface SandboxHost {
  /** Shared with this process: columns, constants, outputs and sums are neither copied nor passed. */
  readonly memory: SharedArrayBuffer;
  /** Links a module of kernels, which puts them into the table. */
  compile(bytes: Uint8Array<ArrayBuffer>): void;
  /** Links the library of passes for kernels with n derivatives. */
  library(n: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Empties entries of the table. */
  forget(first: number, count: number): void;
  /** Calls `run` of the library for no derivatives. */
  run(kernel: number, start: number, end: number): void;
  /** Calls `passes` of a library with the rest of the numbers. */
  passes(n: number, ...rest: number[]): void;
  readonly isDisposed: boolean;
  dispose(): void;
}

/** Pages of the memory, which never grows, and entries of the table. */
export interface HostSize {
  readonly pages: number;
  readonly slots: number;
}

export type OpenHost = (size: HostSize, limits: SandboxLimits) => SandboxHost;
