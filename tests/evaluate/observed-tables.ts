/** Tables whose requests were observed, made by the engine model from a known law. */
import type { Observations, RegressionTable, SplitName, TableExperiment } from '../../src/data/index.ts';
import { createRandom, type RowRange } from '../../src/numeric/index.ts';
import {
  type Batch,
  batchSums,
  DEFAULT_ENGINE,
  type EngineSettings,
  type RequestPaths,
  type ScheduleRows,
  serve,
} from '../../src/serving/index.ts';

/** What a law may go by, and what the table's features are. */
export interface StepFeatures {
  readonly prefillTokens: number;
  readonly requests: number;
  readonly context: number;
}

export type Law = (step: StepFeatures) => number;

export interface ObservedOptions {
  readonly experiments?: number;
  readonly requests?: number;
  readonly equalSteps?: number;
  readonly seed?: number;
  /** What the table says of single steps, as a multiple of the truth; nobody measured them. */
  readonly estimate?: number;
  /** Deviation of the logarithm of what was measured. */
  readonly noise?: number;
  /** Of these experiments steps were recorded instead. */
  readonly recorded?: readonly number[];
  readonly settings?: Partial<EngineSettings>;
}

const KIND = { ttft: 0, itl: 1, e2e: 2 } as const;
const SPLIT_NAMES: readonly SplitName[] = ['train', 'valid', 'test'];

interface Observation {
  readonly kind: keyof typeof KIND;
  readonly start: number;
  readonly head: number;
  readonly end: number;
  readonly y: number;
  readonly tokens: number;
}

interface Experiment {
  readonly rows: ScheduleRows;
  readonly bySplit: { readonly [S in SplitName]: readonly Observation[] };
  /** Where the rows of each split end. */
  readonly ends: readonly [number, number, number];
}

/** A table of experiments `experiment-0`, …, all of the model `a`, whose requests a law has served. */
export function observedTable(law: Law, options: ObservedOptions = {}): RegressionTable {
  const { experiments = 1, recorded = [], estimate = 1, noise = 0, seed = 1 } = options;
  const all = Array.from({ length: experiments }, (_, k) => served(law, options, k));
  const column = (of: (rows: ScheduleRows, row: number) => number): Float64Array =>
    Float64Array.from(all.flatMap(({ rows }) => Array.from(rows.startUs, (_, row) => of(rows, row))));
  const y: number[] = [];
  const observations: Observation[] = [];
  const table: TableExperiment[] = [];
  for (const [k, { rows, bySplit, ends }] of all.entries()) {
    const first = y.length;
    const isRecorded = recorded.includes(k);
    y.push(...rows.stepUs.map((us) => (isRecorded ? us : us * estimate)));
    const random = createRandom(seed).split('noise', k);
    const ranges = SPLIT_NAMES.map((split): RowRange => {
      const from = observations.length;
      for (const each of bySplit[split]) {
        const measured = each.y * Math.exp(noise * random.normal());
        observations.push({ ...each, start: each.start + first, end: each.end + first, y: measured });
      }
      return [from, observations.length];
    });
    const [train, valid, test] = ranges as [RowRange, RowRange, RowRange];
    table.push({
      id: `experiment-${k}`,
      model: 'a',
      workload: `w${k}`,
      tp: 1,
      modelKey: 'a-tp1',
      weight: 1,
      rows: {
        train: [first, first + ends[0]],
        valid: [first + ends[0], first + ends[1]],
        test: [first + ends[1], first + ends[2]],
      },
      ...(!isRecorded && { observations: { train, valid, test } }),
    });
  }
  return {
    features: [
      { name: 'prefillTokens', unit: 'tokens', meaning: 'prompt tokens of the batch', range: [0, 8192] },
      { name: 'requests', unit: 'requests', meaning: 'requests of the batch', range: [0, 512] },
      { name: 'context', unit: 'tokens', meaning: 'context of the batch', range: [0, 1e6] },
    ],
    columns: [
      column((rows, row) => rows.prefillTokens[row]!),
      column(requestsOf),
      column((rows, row) => rows.contextTokens[row]!),
    ],
    y: Float64Array.from(y),
    weights: {
      e2e: column(requestsOf),
      ttft: column((rows, row) => rows.prefillRequests[row]!),
      itl: column((rows, row) => rows.decodeRequests[row]!),
    },
    experiments: table,
    steps: column((rows, row) => rows.steps[row]!),
    observations: columnsOf(observations),
  };
}

function requestsOf(rows: ScheduleRows, row: number): number {
  return rows.prefillRequests[row]! + rows.decodeRequests[row]!;
}

function served(
  law: Law,
  { requests = 120, equalSteps = 1, seed = 1, settings }: ObservedOptions,
  k: number,
): Experiment {
  const random = createRandom(seed).split('served', k);
  let now = 0;
  const log = Array.from({ length: requests }, () => {
    now += 40_000 * -Math.log(1 - random.uniform());
    return { arrival: now, prompt: 20 + random.integer(900), output: 2 + random.integer(60) };
  });
  const { rows, requests: paths } = serve(
    {
      arrivalUs: Float64Array.from(log, ({ arrival }) => arrival),
      promptTokens: Float64Array.from(log, ({ prompt }) => prompt),
      outputTokens: Float64Array.from(log, ({ output }) => output),
    },
    { ...DEFAULT_ENGINE, kvBlocks: 10_000, ...settings },
    (batch) => law(featuresOf(batch)),
    { equalSteps },
  );
  const ends = [0.6, 0.8, 1].map((share) => Math.round(share * requests));
  const bySplit = Object.fromEntries(
    SPLIT_NAMES.map((split, at) => {
      const from = ends[at - 1] ?? 0;
      const indices = Array.from({ length: ends[at]! - from }, (_, i) => from + i);
      return [split, indices.flatMap((request) => observationsOf(rows, paths, request))];
    }),
  ) as unknown as Experiment['bySplit'];
  let reached = 0;
  const rowEnds = SPLIT_NAMES.map((split) => (reached = Math.max(reached, ...bySplit[split].map(({ end }) => end))));
  return { rows, bySplit, ends: rowEnds as [number, number, number] };
}

function featuresOf(batch: Batch): StepFeatures {
  const { prefillTokens } = batchSums(batch);
  let context = 0;
  for (let at = 0; at < batch.count; at++) context += batch.computedTokens[at]!;
  return { prefillTokens, requests: batch.count, context };
}

/** The rest of the step that a request arrives in counts for its first token. */
function observationsOf(rows: ScheduleRows, paths: RequestPaths, request: number): readonly Observation[] {
  const arrival = paths.arrivalUs[request]!;
  const [first, last] = [paths.firstTokenRow[request]!, paths.lastTokenRow[request]!];
  const tokens = paths.outputTokens[request]!;
  const [firstUs, lastUs] = [paths.firstTokenUs[request]!, paths.lastTokenUs[request]!];
  const running = rows.startUs.findIndex(
    (start, row) => start <= arrival && arrival < start + rows.steps[row]! * rows.stepUs[row]!,
  );
  const start = running < 0 ? paths.scheduledRow[request]! : running;
  const left = rows.startUs[start]! + rows.steps[start]! * rows.stepUs[start]! - arrival;
  const head = running < 0 ? rows.steps[start]! : left / rows.stepUs[start]!;
  return [
    { kind: 'ttft', start, head, end: first + 1, y: firstUs - arrival, tokens: 1 },
    { kind: 'itl', start: first, head: 0, end: last + 1, y: lastUs - firstUs, tokens: tokens - 1 },
    { kind: 'e2e', start, head, end: last + 1, y: lastUs - arrival, tokens },
  ];
}

function columnsOf(all: readonly Observation[]): Observations {
  return {
    kind: Uint8Array.from(all, ({ kind }) => KIND[kind]),
    start: Int32Array.from(all, ({ start }) => start),
    head: Float64Array.from(all, ({ head }) => head),
    end: Int32Array.from(all, ({ end }) => end),
    y: Float64Array.from(all, ({ y }) => y),
    tokens: Float64Array.from(all, ({ tokens }) => tokens),
  };
}
