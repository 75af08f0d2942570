import { STEP_COLUMNS, type StepColumn, type StepColumns } from '../../src/physics/index.ts';

export const COLUMN_NAMES = Object.keys(STEP_COLUMNS) as StepColumn[];

/** Plausible step records with the given ids; every column differs from the others. */
export function sampleRecord(id: number): { [K in StepColumn]: number } {
  const prefillRequests = id % 3 === 0 ? 1 : 0;
  return {
    stepId: id,
    startNs: 1_000_000_000 + id * 20_000_000,
    endNs: 1_000_000_000 + id * 20_000_000 + 500_000 + id,
    durationUs: 500 + (id % 7),
    runningDepth: 10 + (id % 4),
    waitingDepth: id % 2,
    prefillRequests,
    decodeRequests: 8 + (id % 5),
    scheduledTokens: prefillRequests * 17 + 8 + (id % 5),
    prefillTokens: prefillRequests * 17,
    decodeTokens: 8 + (id % 5),
    finishedRequests: id % 11 === 0 ? 1 : 0,
    preemptedRequests: 0,
    kvUsageRatio: 0.25,
    kvBlocksTotal: 31356,
    kvBlocksFree: 31356 - 300 - id,
  };
}

export function sampleSteps(ids: readonly number[]): StepColumns {
  const records = ids.map(sampleRecord);
  return Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, Float64Array.from(records, (record) => record[name])]),
  ) as unknown as StepColumns;
}

/** What an experiment is beside its records. */
export const EXPERIMENT = {
  id: 'a',
  model: 'llama-2-7b',
  workload: 'w',
  tp: 1,
  architecture: 'llama-2-7b',
  hardware: 'H100',
  blockSize: 16,
} as const;

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** A CSV file of step records, columns named as BATCH_SUMMARY names them. */
export function sampleCsv(ids: readonly number[], columns: readonly StepColumn[] = COLUMN_NAMES): string {
  const header = columns.map((name) => STEP_COLUMNS[name]).join(',');
  const lines = ids.map((id) => columns.map((name) => sampleRecord(id)[name]).join(','));
  return [header, ...lines, ''].join('\n');
}
