import {
  bounds,
  EVERYTHING,
  type Graph,
  type Inputs,
  interval,
  type Interval,
  type IrNode,
  type OpName,
  useCounts,
  withoutFeatures,
} from '../../program/index.ts';
import { assembleModule, type Bytes, type FunctionCode, I32, type Signature, VOID } from './assemble.ts';
import {
  and,
  andNot,
  below,
  call,
  int,
  load,
  loadSplat,
  mul,
  plus,
  repeat,
  splat,
  store,
  type Variable,
} from './instructions.ts';
import { POOL_ADDRESS, poolBytes, VectorWriter } from './constant-pool.ts';
import { inlineFunctions } from './inline.ts';
import { mathFunction, type MathName, VECTOR_MATH } from './math-functions.ts';
import { type KernelWriter, WASM } from './operations.ts';
import { POW_SIGNATURE } from './vector-exponentials.ts';

/** Where the data lie in the memory of a kernel module. Addresses are in bytes. */
export interface KernelMemory {
  readonly pages: number;
  /** Size of the table of kernels, and the entry for the first graph; the others follow. */
  readonly tableSize: number;
  readonly firstEntry: number;
  /** Address of each feature's column; a column is readable for one double beyond its last row. */
  readonly features: ReadonlyMap<string, number>;
  /** Features that are never negative; all are finite, and their size is below `FEATURE_LIMIT`. */
  readonly nonNegative: ReadonlySet<string>;
  /** Order of the constants in a constant vector, whose entries must not be larger than `CONSTANT_LIMIT`. */
  readonly constantNames: readonly string[];
}

export const FEATURE_LIMIT = 1e30;
/** So far below the greatest double that a sum of products cannot become infinite, and a difference of such NaN. */
export const CONSTANT_LIMIT = 1e100;

/**
 * Parameters of a kernel, all i32: row offset (8·row) of the first row and of the end, address of the constant vector,
 * what to add to a row offset to get the address of the first root's value, and the distance of the roots' columns.
 */
export const KERNEL_SIGNATURE: Signature = { params: [I32, I32, I32, I32, I32], result: VOID };

/**
 * Prints graphs as one WebAssembly module with a kernel for each. A kernel computes two rows at a time and writes every root's
 * value; where the number of rows is odd it also writes the row after the last.
 *
 * Arithmetic, roots and conditions give the bits of the reference kernel, but for the sign of a zero that min or max chooses;
 * exp, log and the like are within two units in the last place. The module imports `env.memory` (shared), `env.kernels`, the
 * table that its kernels are put into, and, where a graph has a power, `env.pow`, the platform's scalar one.
 *
 * @throws RangeError where the memory lacks a feature or constant of a graph
 */
export function printWasm(graphs: readonly Graph[], memory: KernelMemory): Uint8Array<ArrayBuffer> {
  const used: MathName[] = [];
  const needsPow = graphs.some(({ nodes }) => nodes.some((node) => node.kind === 'op' && node.op === 'pow'));
  const imports = needsPow ? [{ module: 'env', name: 'pow', ...POW_SIGNATURE }] : [];
  const index = (name: MathName): number => {
    const known = used.indexOf(name);
    return imports.length + graphs.length + (known >= 0 ? known : used.push(name) - 1);
  };
  const limits = inputLimits(memory);
  const isInline = inlineFunctions(graphs);
  const functions = graphs.map((graph) => printKernel(graph, memory, limits, isInline, index));
  for (const name of used) functions.push(mathFunction(name));
  return assembleModule({
    imports,
    functions,
    pages: memory.pages,
    tableSize: memory.tableSize,
    entries: { first: memory.firstEntry, count: graphs.length },
    ...(used.length + isInline.size > 0 ? { data: { address: POOL_ADDRESS, bytes: poolBytes() } } : {}),
  });
}

function printKernel(
  graph: Graph,
  memory: KernelMemory,
  limits: Inputs<Interval>,
  isInline: ReadonlySet<OpName>,
  index: (name: MathName) => number,
): FunctionCode {
  const code = new VectorWriter(KERNEL_SIGNATURE.params);
  const math: KernelWriter['math'] = (name, args, range) => {
    if (!isInline.has(name)) return call(index(name), ...args);
    const [x, y = x] = args.map((arg) => code.let(arg));
    return VECTOR_MATH[name](code, [x as Bytes, y as Bytes], range);
  };
  const writer: KernelWriter = { code, math };
  const [first, end, constants, out, stride] = [0, 1, 2, 3, 4].map((k) => code.param(k)) as [
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
  ];
  const values: Bytes[] = [];
  const uses = useCounts(graph);
  const fixed = withoutFeatures(graph);
  const ranges = nodeRanges(graph, limits);
  const write = (node: IrNode, i: number, isFixed: boolean): void => {
    const value = expression(graph, node, values, ranges, writer, first, constants, memory);
    const isLeaf = node.kind === 'number';
    const keep = !isLeaf && (isFixed || (uses[i] ?? 0) > 1);
    values[i] = keep ? code.let(value) : value;
  };
  for (const [i, node] of graph.nodes.entries()) if (fixed[i] === true) write(node, i, true);
  const outputs = graph.roots.map(() => code.variable(I32));
  for (const [k, output] of outputs.entries()) {
    code.emit(output.set(k === 0 ? out : plus((outputs[k - 1] as Variable).get, stride)));
  }
  const body = code.capture(() => {
    for (const [i, node] of graph.nodes.entries()) if (fixed[i] !== true) write(node, i, false);
    for (const [k, root] of graph.roots.entries()) {
      code.emit(store(plus(first, (outputs[k] as Variable).get), values[root] as Bytes));
    }
    code.emit(code.assign(0, plus(first, int(16))));
  });
  code.emit(repeat(body, below(first, end)));
  return code.finish(VOID);
}

function expression(
  graph: Graph,
  node: IrNode,
  values: readonly Bytes[],
  ranges: readonly Interval[],
  writer: KernelWriter,
  row: Bytes,
  constants: Bytes,
  memory: KernelMemory,
): Bytes {
  if (node.kind === 'number') return splat(node.value);
  if (node.kind === 'constant') {
    const index = memory.constantNames.indexOf(node.name);
    if (index < 0) throw new RangeError(`the kernel's order of names lacks ${node.name}`);
    return loadSplat(constants, 8 * index);
  }
  if (node.kind === 'feature') {
    const address = memory.features.get(node.name);
    if (address === undefined) throw new RangeError(`the kernel's order of names lacks ${node.name}`);
    return load(row, address);
  }
  const args = node.args.map((arg) => values[arg] as Bytes);
  const [base, exponent] = node.args;
  if (node.op === 'pow' && base !== undefined && exponent !== undefined) {
    const by = graph.nodes[exponent];
    const power = by?.kind === 'number' ? by.value : undefined;
    if (power === 2 || power === 3) {
      const x = writer.code.let(values[base] as Bytes);
      return power === 2 ? mul(x, x) : mul(mul(x, x), x);
    }
  }
  if (node.op === 'select') {
    const [condition, yes, no] = args as [Bytes, Bytes, Bytes];
    if (isZero(graph, node.args[1])) return andNot(no, condition);
    if (isZero(graph, node.args[2])) return and(condition, yes);
  }
  return WASM[node.op].write(
    args,
    writer,
    node.args.map((arg) => ranges[arg] ?? EVERYTHING),
  );
}

/** Whether a node is the number +0, whose bits are all 0. */
function isZero(graph: Graph, index: number | undefined): boolean {
  const node = graph.nodes[index ?? -1];
  return node?.kind === 'number' && Object.is(node.value, 0);
}

/** Intervals of all inputs within their limits. */
function inputLimits(memory: KernelMemory): Inputs<Interval> {
  const features = [...memory.features.keys()].map((name): [string, Interval] => {
    return [name, interval(memory.nonNegative.has(name) ? 0 : -FEATURE_LIMIT, FEATURE_LIMIT)];
  });
  const constants = memory.constantNames.map((name): [string, Interval] => {
    return [name, interval(-CONSTANT_LIMIT, CONSTANT_LIMIT)];
  });
  return { features: Object.fromEntries(features), constants: Object.fromEntries(constants) };
}

/** What each node can be while inputs keep their limits; empty where no operation asks. */
function nodeRanges(graph: Graph, limits: Inputs<Interval>): readonly Interval[] {
  const asks = graph.nodes.some((node) => node.kind === 'op' && WASM[node.op].asksForRanges);
  return asks ? bounds(graph, limits) : [];
}
