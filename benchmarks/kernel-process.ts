/** Times kernels, batches and fits in a process with the options of an evaluation process; prints JSON. */
import type { RegressionTable } from '../src/data/index.ts';
import { createRandom, median, pseudoHuber } from '../src/numeric/index.ts';
import { FoldFitter } from '../src/evaluate/fold-fitter.ts';
import { layoutTable } from '../src/evaluate/layout.ts';
import { groupData, UNWEIGHTED } from '../src/evaluate/loss.ts';
import type { LossShape } from '../src/kernel/index.ts';
import { LANES } from '../src/kernel/memory-map.ts';
import { Model } from '../src/kernel/model.ts';
import { Sandbox } from '../src/kernel/sandbox.ts';
import {
  benchmarkColumns,
  benchmarkProgram,
  CONSTANTS,
  FEATURE_TABLE,
  freshGraph,
  least,
  ROWS,
  timeCalls,
  WORKLOADS,
} from './workload.ts';

const SHAPE: LossShape = { robust: pseudoHuber(0.1), biasWeight: 0, guard: true };
const FITS = 40;
const ROUNDS = 20;
const ones = new Float64Array(ROWS).fill(1);

/** Targets of the program with its constants, scattered by 10 %. */
function benchmarkTable(): RegressionTable {
  const columns = benchmarkColumns();
  const random = createRandom(2).split('noise');
  const value = (row: number): number => {
    const [a, b, c, d, e, f, g, h] = columns.map((column) => column[row]) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [k0, k1, k2, k3, k4, k5, k6] = CONSTANTS as [number, number, number, number, number, number, number];
    const phases = Math.max(k0 * a, k1 * b, k2 * c, k3 * d);
    return phases + k4 * e + k5 * f * g + e / h + (g - h) ** 2 - Math.min(a, b) + k6;
  };
  return {
    features: FEATURE_TABLE,
    columns,
    y: Float64Array.from(ones, (_, row) => value(row) * Math.exp(0.1 * random.normal())),
    weights: { e2e: ones, ttft: ones, itl: ones },
    experiments: [
      {
        id: 'all',
        model: 'm',
        workload: 'w',
        tp: 1,
        modelKey: 'm-tp1',
        weight: 1,
        rows: { train: [0, ROWS], valid: [ROWS, ROWS], test: [ROWS, ROWS] } as const,
      },
    ],
  };
}

const layout = layoutTable(benchmarkTable(), { scope: 'global', sampleRows: 1600 }, createRandom(1));
const group = groupData(layout, layout.groups[0] as (typeof layout.groups)[number]);
const sandbox = new Sandbox(layout, [group.train, group.sample], CONSTANTS.length + 1, {
  memoryMb: 128,
  timeoutMs: 60_000,
});

/** In turn over several seconds, as the C reference is timed: how fast the machine is changes within one. */
function timeKernels(): Record<string, number> {
  const times: Record<string, number> = {};
  const models = WORKLOADS.map((workload) => [workload, new Model(benchmarkProgram(workload), sandbox)] as const);
  const time = (name: string, call: () => void): void => {
    times[name] = Math.min(times[name] ?? Number.POSITIVE_INFINITY, least(timeCalls(call, 40)));
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [workload, model] of models) {
      time(workload, () => model.predict(model.start, group.trainRows));
      time(`${workload}LeastSquares`, () => model.sums(model.start, group.train, UNWEIGHTED));
      time(`${workload}Robust`, () => model.sums(model.start, group.train, SHAPE));
    }
  }
  for (const [, model] of models) model.dispose();
  return times;
}

/** Batches of programs that nobody has compiled before, from expression graph to loss on all rows. */
function scoreFresh(forMs: number): { perCpuSecond: number; perSecond: number } {
  const program = benchmarkProgram('b');
  const names = program.constants.map(({ name }) => name);
  const constants = Array.from({ length: LANES }, () => Float64Array.from(CONSTANTS));
  let seconds = 0;
  let cpuSeconds = 0;
  let programs = 0;
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const graphs = constants.map(() => freshGraph(program, ++variants));
    const start = performance.now();
    const cpu = process.cpuUsage();
    const kernels = sandbox.compile(graphs, names);
    sandbox.passes(
      kernels.map((kernel, k) => ({ kernel, constants: constants[k] as Float64Array })),
      group.train,
      SHAPE,
    );
    sandbox.forget(kernels);
    const { user, system } = process.cpuUsage(cpu);
    seconds += (performance.now() - start) / 1e3;
    cpuSeconds += (user + system) / 1e6;
    programs += LANES;
  }
  return { perCpuSecond: programs / cpuSeconds, perSecond: programs / seconds };
}

/** Least squares over all rows from starts up to 30 % off; success is a loss within a thousandth of the optimum's. */
function timeRefits(): { medianMs: number; success: number } {
  const model = new Model(benchmarkProgram('b'), sandbox);
  const fitter = new FoldFitter(model, group.train, [SHAPE]);
  const optimum = fitter.descend(Float64Array.from(CONSTANTS), 100, 1e-12).cost;
  const random = createRandom(3);
  const times: number[] = [];
  let reached = 0;
  for (let i = 0; i < FITS; i++) {
    const start = Float64Array.from(CONSTANTS, (value) => value * (random.uniform() < 0.5 ? 0.7 : 1.3));
    const from = performance.now();
    const { cost } = fitter.descend(start, 60, 1e-7);
    times.push(performance.now() - from);
    if (cost <= optimum * 1.001) reached++;
  }
  model.dispose();
  return { medianMs: median(times), success: reached / FITS };
}

let variants = 0;
scoreFresh(500);
if (process.argv[2] === 'throughput') {
  process.stdout.write(JSON.stringify({ perSecond: scoreFresh(2000).perSecond }));
} else {
  const kernels = timeKernels();
  const freshPerCpuSecond = Math.max(...Array.from({ length: 8 }, () => scoreFresh(400).perCpuSecond));
  process.stdout.write(JSON.stringify({ kernels, freshPerCpuSecond, refit: timeRefits() }));
}
sandbox.dispose();
