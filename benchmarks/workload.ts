import { createRandom } from '../src/numeric/index.ts';
import { type FeatureTable, type Graph, GraphBuilder, parseProgram, type Program } from '../src/program/index.ts';

/** Rows of all figures, as many as the real measurements have. */
export const ROWS = 73_000;
export const FEATURES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
export const FEATURE_TABLE: FeatureTable = FEATURES.map((name) => ({
  name,
  unit: 'µs',
  meaning: name,
  range: [1, 500],
}));
/** The constants that make the targets. */
export const CONSTANTS: readonly number[] = [3, 2, 1.5, 4, 0.7, 0.002, 40];

/** Twenty operations: phases that overlap, a sum of component times, a product and a ratio; A has one log1p besides. */
const TAIL = { b: 'k6', a: 'k6 * log1p(h)' } as const;
const HEAD =
  'max(max(k0 * a, k1 * b), max(k2 * c, k3 * d)) + k4 * e + k5 * f * g + e / h + (g - h) * (g - h) - min(a, b)';
export type Workload = keyof typeof TAIL;
export const WORKLOADS: readonly Workload[] = ['b', 'a'];

/** The program's value in the spelling of another language; `name` spells constants, columns and functions. */
export function expression(workload: Workload, name: (identifier: string) => string): string {
  return `${HEAD} + ${TAIL[workload]}`.replace(/[a-z]\w*/g, name);
}

export function benchmarkProgram(workload: Workload): Program {
  const value = expression(workload, (name) => {
    if (FEATURES.includes(name)) return `batch.${name}`;
    return /^k\d$/.test(name) ? `c.${name}` : `Math.${name}`;
  });
  const starts = CONSTANTS.map((start, k) => `k${k}: ${start}`).join(', ');
  const text = `export const constants = { ${starts} };
export function predictStepTime(batch, c) {
  return ${value};
}
`;
  const parsed = parseProgram(text, { features: FEATURE_TABLE });
  if (!parsed.ok) throw new Error(`the benchmark's program does not parse: ${JSON.stringify(parsed)}`);
  return parsed.program;
}

/** The same with one operation more, that nobody has compiled before. */
export function freshGraph({ graph }: Program, variant: number): Graph {
  const builder = new GraphBuilder();
  const root = builder.copy(graph, graph.roots[0] as number);
  return builder.build([builder.op('max', root, builder.number(-variant))]);
}

/** Columns of uniform numbers between 1 and 500. */
export function benchmarkColumns(): readonly Float64Array[] {
  const random = createRandom(1).split('benchmark');
  return FEATURES.map(() => Float64Array.from({ length: ROWS }, () => 1 + 499 * random.uniform()));
}

/** The least of several times in milliseconds: what is above it is other work on the machine. */
export function least(times: readonly number[]): number {
  return Math.min(...times);
}

/** Times calls for about so many milliseconds, at least five times. */
export function timeCalls(call: () => void, forMs: number): readonly number[] {
  const times: number[] = [];
  const end = performance.now() + forMs;
  while (times.length < 5 || performance.now() < end) {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  }
  return times;
}
