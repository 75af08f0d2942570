import { afterAll, describe, expect, it } from 'vitest';
import type { RegressionTable } from '../../src/data/index.ts';
import { objectiveError } from '../../src/evaluate/objectives.ts';
import { observedMetrics } from '../../src/evaluate/observed-metrics.ts';
import type { ObservedPart } from '../../src/evaluate/observed-part.ts';
import { createPool } from '../../src/evaluate/pool.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import {
  DEFAULT_EVALUATE_SETTINGS,
  DEFAULT_REQUEST_WEIGHTS,
  type EvaluateSettings,
} from '../../src/evaluate/settings.ts';
import type { Accepted, Evaluation, ExperimentMetrics } from '../../src/evaluate/types.ts';
import { type Law, observedTable } from './observed-tables.ts';
import { programOf, tableOf } from './tables.ts';

const line: Law = ({ prefillTokens, requests, context }) => 4000 + 20 * prefillTokens + 50 * requests + 0.1 * context;
const LINE = programOf(
  { o: 1, p: 1, r: 1, k: 1 },
  'c.o + c.p * batch.prefillTokens + c.r * batch.requests + c.k * batch.context',
);
const BOUND = programOf(
  { p: 4, m: 3000, k: 2, o: 100 },
  'Math.max(c.p * batch.prefillTokens, c.m + c.k * batch.context) + c.o * batch.requests',
);
const STEPPED = programOf({ t: 100, a: 1, b: 1 }, 'batch.prefillTokens > c.t ? c.a * batch.prefillTokens : c.b');
const REPLAY = { objective: 'replay', scope: 'global', jobs: 1 } as const;

function accepted(evaluation: Evaluation | undefined): Accepted {
  if (evaluation?.status !== 'ok') throw new Error(JSON.stringify(evaluation));
  return evaluation;
}

describe('observedMetrics, worked by hand', () => {
  const part: ObservedPart = {
    kinds: [
      { kind: 'e2e', range: [0, 2], mean: 150, p90: 190 },
      { kind: 'itl', range: [2, 4], mean: 15, p90: 19 },
    ],
    start: new Int32Array(4),
    end: new Int32Array(4),
    headShare: new Float64Array(4),
    y: Float64Array.of(100, 200, 50, 40),
    perToken: Float64Array.of(1, 1, 0.2, 0.5),
    tokens: Float64Array.of(6, 3, 5, 2),
  };
  // E2E +10 % and −10 %; times between tokens 11 and 22 instead of 10 and 20.
  const metrics = observedMetrics('e', part, Float64Array.of(110, 180, 55, 44), DEFAULT_REQUEST_WEIGHTS);

  it('averages over the requests that were observed from end to end', () => {
    expect(metrics).toMatchObject({ id: 'e', rows: 2 });
    expect(metrics.mape).toBeCloseTo(10, 10);
    expect(metrics.mspe).toBeCloseTo(0, 10);
    expect(metrics.e2eBlockError).toBeCloseTo(10, 10);
  });

  it('has errors of means and of 90th percentiles over requests', () => {
    // Mean 145 instead of 150; 90th percentile 173 instead of 190.
    expect(metrics.e2eError).toBeCloseTo(100 / 30, 10);
    expect(metrics.requests?.e2eP90Error).toBeCloseTo(1700 / 190, 10);
    expect([metrics.requests!.itlError, metrics.requests?.itlP90Error].map((value) => value?.toFixed(9))).toEqual([
      '10.000000000',
      (100 * (20.9 / 19 - 1)).toFixed(9),
    ]);
    expect([metrics.requests?.ttftError, metrics.requests?.ttftP90Error]).toEqual([0, 0]);
  });

  it('weighs them into one error, kinds that were not observed left out', () => {
    const expected = (100 / 30 + 0.5 * (1700 / 190) + 10 + 0.5 * 10) / 3;
    expect(metrics.requests?.replayError).toBeCloseTo(expected, 10);
  });
});

describe('the objective replay', () => {
  const of = (e2eBlockError: number, replayError?: number) => ({
    metrics: {
      mape: 100,
      e2eBlockError,
      ...(replayError !== undefined && { requests: { replayError } }),
    } as ExperimentMetrics,
    weight: 1,
  });

  it('is of the three worst experiments, by requests where these were observed', () => {
    expect(objectiveError('replay', [of(50, 1), of(50, 2), of(50, 3), of(4)])).toBeCloseTo(3 + 0.1, 12);
  });

  it('is the end-to-end error where steps were recorded', () => {
    const table = tableOf((row) => 100 + 3 * row.tokens + row.requests, { noise: 0.1, rows: 60 });
    const program = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens');
    const [replay, e2e] = (['replay', 'e2e'] as const).map((objective) =>
      accepted(evaluate(table, program, { objective })),
    );
    expect(replay).toEqual(e2e);
  });
});

function evaluate(
  table: RegressionTable,
  program: Parameters<ProgramEvaluator['evaluate']>[0]['program'],
  settings: Partial<EvaluateSettings> = {},
  limit?: number,
): Evaluation {
  const evaluator = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, ...settings });
  const evaluation = evaluator.evaluate({ program, stream: ['a'], ...(limit !== undefined && { limit }) });
  evaluator.dispose();
  return evaluation;
}

describe('a program on requests', () => {
  const table = observedTable(line, { experiments: 2, estimate: 1.5, equalSteps: 16 });
  const pools = [1, 2].map((jobs) => createPool(table, { ...REPLAY, jobs }));
  afterAll(async () => {
    for (const pool of pools) await (await pool).close();
  });

  it('is fitted and scored by what was measured of requests, not by the steps of a schedule', async () => {
    const pool = await pools[0]!;
    const [result] = await pool.evaluate([{ program: LINE, stream: [] }]);
    const { error, validationError, fits, metrics, invariants } = accepted(result);
    expect(error).toBeLessThan(1e-6);
    expect(validationError).toBeLessThan(1e-6);
    expect(metrics.train.map(({ rows }) => rows)).toEqual([72, 72]);
    expect(metrics.valid.map(({ rows }) => rows)).toEqual([24, 24]);
    expect(invariants).toMatchObject({ nonPositive: 0, deterministic: true, pure: true });
    expect(fits[0]?.constants['p']).toBeCloseTo(20, 6);
    const [test] = await pool.score(LINE, fits, 'test');
    expect(test?.rows).toBe(24);
    expect(test?.e2eError).toBeLessThan(1e-6);
    expect(test?.requests?.replayError).toBeLessThan(1e-6);
  });

  it('has the same result at any number of processes', async () => {
    const candidates = [LINE, BOUND, STEPPED].map((program, i) => ({ program, stream: [i] }));
    const [one, two] = await Promise.all(pools.map(async (pool) => (await pool).evaluate(candidates)));
    expect(one!.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(two).toEqual(one);
  });

  it('is not out of the race by steps that nobody measured', () => {
    const own = accepted(evaluate(table, BOUND, REPLAY)).error;
    expect(evaluate(table, BOUND, REPLAY, own).status).toBe('ok');
    expect(evaluate(table, STEPPED, REPLAY, own / 10)).toMatchObject({ status: 'rejected', reason: 'race' });
  });

  it('goes on from constants of an earlier fit, and is never worse', () => {
    const { fits, error } = accepted(evaluate(table, BOUND, REPLAY));
    const evaluator = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, ...REPLAY });
    const again = accepted(evaluator.evaluate({ program: BOUND, stream: ['b'], fits }));
    evaluator.dispose();
    expect(again.error).toBeLessThan(error * 1.05);
  });

  it('is fitted beside recorded steps', () => {
    const mixed = observedTable(line, { experiments: 3, recorded: [0], estimate: 1.5 });
    const { error, metrics } = accepted(evaluate(mixed, LINE, REPLAY));
    expect(error).toBeLessThan(1e-6);
    expect(metrics.train.map(({ id, requests }) => [id, requests !== undefined])).toEqual([
      ['experiment-0', false],
      ['experiment-1', true],
      ['experiment-2', true],
    ]);
  });

  it('needs requests to train on', async () => {
    const experiments = table.experiments.map((experiment) => ({
      ...experiment,
      observations: { ...experiment.observations!, train: [0, 0] as const },
    }));
    const pool = await createPool({ ...table, experiments }, REPLAY);
    try {
      await expect(pool.evaluate([])).rejects.toMatchObject({ code: 'evaluate.no-training-rows' });
    } finally {
      await pool.close();
    }
  });
});
