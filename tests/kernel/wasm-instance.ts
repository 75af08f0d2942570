import { POOL_ADDRESS, POOL_BYTES, printWasm } from '../../src/kernel/wasm/index.ts';
import type { Graph } from '../../src/program/index.ts';

/** What Node has and its type declarations lack. */
interface WebAssemblyApi {
  readonly Memory: new (limits: {
    initial: number;
    maximum: number;
    shared: boolean;
  }) => { readonly buffer: SharedArrayBuffer };
  readonly Table: new (limits: {
    initial: number;
    maximum: number;
    element: string;
  }) => { get(index: number): unknown };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: object }) => object;
}
const { Memory, Table, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

export interface KernelInputs {
  /** Columns of equal length. */
  readonly features: Readonly<Record<string, Float64Array>>;
  readonly constants?: Readonly<Record<string, number>>;
  readonly nonNegative?: readonly string[];
}

const PAGE = 65_536;

/** Values of each graph's roots over the columns, by one module for all graphs. */
export function runKernels(graphs: readonly Graph[], inputs: KernelInputs): readonly (readonly Float64Array[])[] {
  const { features, constants = {}, nonNegative = [] } = inputs;
  const columns = Object.entries(features);
  const rows = columns[0]?.[1].length ?? 0;
  const constantsAt = POOL_ADDRESS + POOL_BYTES;
  const first = constantsAt + 16 * Math.ceil((Object.keys(constants).length + 1) / 2);
  const stride = 8 * (rows + 3);
  const out = first + columns.length * stride;
  const roots = Math.max(...graphs.map((graph) => graph.roots.length));
  const pages = Math.ceil((out + roots * stride) / PAGE);
  const memory = new Memory({ initial: pages, maximum: pages, shared: true });
  // The entries before the first one stay free.
  const firstEntry = 2;
  const tableSize = firstEntry + graphs.length;
  const kernels = new Table({ initial: tableSize, maximum: tableSize, element: 'anyfunc' });
  const bytes = printWasm(graphs, {
    pages,
    tableSize,
    firstEntry,
    features: new Map(columns.map(([name], k) => [name, first + k * stride])),
    nonNegative: new Set(nonNegative),
    constantNames: Object.keys(constants),
  });
  const pow = (a: number, b: number): number => a ** b;
  // Linking puts the kernels into the table.
  void new Instance(new Module(bytes), { env: { memory, kernels, pow } });
  const doubles = new Float64Array(memory.buffer);
  doubles.set(Object.values(constants), constantsAt / 8);
  for (const [k, [, column]] of columns.entries()) doubles.set(column, (first + k * stride) / 8);
  return graphs.map((graph, g) => {
    (kernels.get(firstEntry + g) as (...args: number[]) => void)(0, 8 * rows, constantsAt, out, stride);
    return graph.roots.map((_, k) => {
      const at = (out + k * stride) / 8;
      return doubles.slice(at, at + rows);
    });
  });
}
