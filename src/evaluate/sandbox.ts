import ivm from 'isolated-vm';
import type { RowRange } from '../data/index.ts';
import { type Graph, KERNEL_PARAMETERS, printJavaScriptKernel } from '../program/index.ts';
import type { Layout } from './layout.ts';

export interface SandboxLimits {
  /** Heap of the isolate; the shared columns do not count. */
  readonly memoryMb: number;
  /** Of one kernel call. */
  readonly timeoutMs: number;
}

/** A graph compiled inside a sandbox. All kernels of a sandbox write to the same output columns. */
export interface Kernel {
  /** Writes every root's value for the rows to its output column, with the constants as they stand. */
  run(rows: RowRange): void;
}

/** isolated-vm's own minimum. */
const MIN_MEMORY_MB = 8;

/**
 * An isolate that shares the feature columns, the constants and the outputs with this process by reference: a kernel call
 * passes two row numbers and copies nothing. Only text printed from a checked graph is ever run in it.
 */
export class Sandbox {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #timeoutMs: number;
  readonly #featureNames: readonly string[];
  readonly #constantNames: readonly string[];
  /** Values in the order of the names. */
  readonly constants: Float64Array;
  /** One column for each root, indexed by row. */
  readonly outputs: readonly Float64Array[];

  /** Throws what isolated-vm throws where memory runs out; so do `compile` and `run`, which also throw on time-out. */
  constructor(layout: Layout, constantNames: readonly string[], maxRoots: number, limits: SandboxLimits) {
    const { rowCount } = layout;
    this.#timeoutMs = limits.timeoutMs;
    this.#featureNames = layout.features.map((feature) => feature.name);
    this.#constantNames = constantNames;
    const constantBuffer = new SharedArrayBuffer(8 * constantNames.length);
    const outputBuffer = new SharedArrayBuffer(8 * rowCount * maxRoots);
    this.constants = new Float64Array(constantBuffer);
    this.outputs = Array.from(
      { length: maxRoots },
      (_, k) => new Float64Array(outputBuffer, 8 * rowCount * k, rowCount),
    );
    this.#isolate = new ivm.Isolate({ memoryLimit: Math.max(MIN_MEMORY_MB, limits.memoryMb) });
    this.#context = this.#isolate.createContextSync();
    this.#context.evalClosureSync(
      `const [features, constants, outputs, rows, featureCount, outputCount] = [$0, $1, $2, $3, $4, $5];
       const split = (buffer, count) =>
         Array.from({ length: count }, (_, k) => new Float64Array(buffer, 8 * rows * k, rows));
       globalThis.features = split(features, featureCount);
       globalThis.constants = new Float64Array(constants);
       globalThis.outputs = split(outputs, outputCount);`,
      [...[layout.buffer, constantBuffer, outputBuffer].map(share), rowCount, layout.features.length, maxRoots],
    );
  }

  compile(graph: Graph): Kernel {
    const { text } = printJavaScriptKernel(graph, {
      featureNames: this.#featureNames,
      constantNames: this.#constantNames,
    });
    const script = this.#isolate.compileScriptSync(
      `(() => {
        const kernel = function (${KERNEL_PARAMETERS.join(', ')}) {
          ${text}
        };
        const { features, constants, outputs } = globalThis;
        return (start, end) => kernel(features, constants, outputs, start, end);
      })()`,
    );
    const call: ivm.Reference = script.runSync(this.#context, { reference: true });
    script.release();
    const options = { timeout: this.#timeoutMs };
    return {
      run: ([start, end]) => {
        if (end > start) call.applySync(undefined, [start, end], options);
      },
    };
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }
}

function share(buffer: SharedArrayBuffer): unknown {
  return new ivm.ExternalCopy(buffer).copyInto({ release: true });
}
