import { describe, expect, it } from 'vitest';
import {
  checkInvariants,
  closedLoopScore,
  holdOut,
  lowToHighLoad,
  openRows,
  OVERHEADS_OF,
  rank,
  refuseWithoutTest,
  replayedRows,
  serveExperiments,
  trainingData,
} from '../../src/baselines/index.ts';
import { directCalibration } from '../../src/baselines/direct-calibration.ts';
import { blackbox, naiveMean } from '../../src/baselines/formulas.ts';
import { shippedProgram } from '../../src/baselines/fitted-program.ts';
import { loggedLatency } from '../../src/baselines/logged-latency.ts';
import { replayRows } from '../../src/baselines/replay-rows.ts';
import type { GeneralisationInput } from '../../src/baselines/validation/generalisation-input.ts';
import { selectRows } from '../../src/baselines/validation/select-rows.ts';
import { buildTable, type Dataset, type Experiment, makeDataset, withReplays } from '../../src/data/index.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/index.ts';
import { reductionColumn } from '../../src/physics/index.ts';
import { reductionOf } from '../../src/program/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { refusalOf } from '../user-error.ts';

let made: Dataset | undefined;

/** Two workloads of one server, of which requests were logged and no steps. */
function logs(): Dataset {
  made ??= withReplays(
    makeDataset('made up', [
      served({ ...SERVER, id: 'a', workload: 'chat' }),
      served({ ...SERVER, id: 'b', workload: 'code', settings: { ...SERVER.settings!, maxNumSeqs: 10 } }),
    ]),
  );
  return made;
}

describe('rows to learn from where steps were not recorded', () => {
  it('are those that training requests took part in, each as often as it stands for steps', () => {
    const [experiment] = logs().experiments as [Experiment];
    const { counts, lastTokenRow, arrivalRow } = experiment.replay!;
    const rows = replayRows(experiment, 'train');
    // 60 of 100 requests train; all are of one rank, so their rows are the first ones.
    const end = Math.max(...lastTokenRow.slice(0, 60)) + 1;
    expect(rows.filter((row) => row === rows[0])).toHaveLength(counts[rows[0]!]!);
    expect(rows).toHaveLength(counts.slice(0, end).reduce((sum, steps) => sum + steps, 0));
    expect(Math.max(...rows)).toBe(end - 1);
    expect(Math.min(...replayRows(experiment, 'test'))).toBe(Math.min(...arrivalRow.slice(80)));
  });

  it('are at most some thousand, at equal distances', () => {
    const [experiment] = logs().experiments as [Experiment];
    const counts = experiment.replay!.counts.map((steps) => 100 * steps);
    const many = replayRows({ ...experiment, replay: { ...experiment.replay!, counts } }, 'train');
    expect(many).toHaveLength(4000);
    expect(many).toEqual([...many].sort((a, b) => a - b));
  });

  it('have the times of the replay, and none of another target', () => {
    const { train, valid, replayed } = trainingData(logs(), 'cycle');
    expect(replayed).toEqual(['a', 'b']);
    expect(valid).toEqual([]);
    const [own] = train;
    expect(own!.y).toEqual(own!.steps.durationUs);
    expect(trainingData(logs(), 'duration').train).toEqual([]);
  });

  it('know the requests of each batch, so that programs may reduce over them', () => {
    const [own] = trainingData(logs(), 'cycle').train;
    const tokens = reductionColumn(reductionOf('sum((r) => r.newTokens)')!, own!.requests!);
    expect(tokens).toEqual(own!.steps.scheduledTokens);
  });

  it('come with means of what the clients of training requests measured', () => {
    const [{ requests }] = logs().experiments as [Experiment];
    const { arrivalUs, firstTokenUs, lastTokenUs } = requests!;
    const wild = { ...requests!, lastTokenUs: lastTokenUs.map((us, r) => (r < 60 ? us : us + 1e9)) };
    const { e2eMs, ttftMs, completed } = loggedLatency({ requests: wild })!;
    expect(completed).toBe(60);
    const mean = (of: (r: number) => number): number =>
      Array.from({ length: 60 }, (_, r) => of(r)).reduce((sum, us) => sum + us, 0) / 60_000;
    expect(e2eMs).toBeCloseTo(
      mean((r) => lastTokenUs[r]! - arrivalUs[r]!),
      9,
    );
    expect(ttftMs).toBeCloseTo(
      mean((r) => firstTokenUs[r]! - arrivalUs[r]!),
      9,
    );
  });
});

describe('a leaderboard of request logs', () => {
  it('goes by E2E in closed loop, and opens test requests once, when all are fitted', () => {
    const dataset = logs();
    const log: string[] = [];
    const predictors = [naiveMean('experiment'), blackbox('model'), directCalibration()];
    const { rows, bestBaseline } = rank(
      predictors.map((predictor) => ({ kind: 'baseline', predictor })),
      trainingData(dataset, 'cycle'),
      () => {
        log.push('open');
        return openRows(dataset, 'cycle', 'test');
      },
      {
        onFitted: (name) => log.push(name),
        closedLoop: ({ predictor }, fitted) => {
          log.push(`serve ${predictor.name}`);
          return closedLoopScore(serveExperiments(dataset, dataset.experiments, fitted, OVERHEADS_OF.baseline));
        },
      },
    );
    const names = predictors.map(({ name }) => name);
    expect(log).toEqual([...names, 'open', ...names.map((name) => `serve ${name}`)]);
    const errors = rows.map(({ closedLoop }) => closedLoop!.mean.e2e!);
    expect(errors).toEqual([...errors].sort((x, y) => x - y));
    expect(bestBaseline).toBe(rows[0]!.name);
    for (const row of rows) {
      expect(row).toMatchObject({ experiments: [], unpredicted: [], versusBest: null, predictUsPerStep: null });
      expect(row.mean.mape).toBeNull();
      expect(row.closedLoop!.experiments.map(({ id }) => id)).toEqual(['a', 'b']);
      expect(row.closedLoop!.mean.e2e).toBeLessThan(10);
      expect(row.notes.join()).toMatch(/a replay of training requests: a, b/);
    }
  });

  it('is refused where there is neither a test row nor a client', () => {
    expect(() => refuseWithoutTest(logs(), 'cycle')).not.toThrow();
    expect(refusalOf(() => refuseWithoutTest(logs(), 'duration'))).toMatchObject({ code: 'baselines.no-test-rows' });
    expect(refusalOf(() => refuseWithoutTest(makeDataset('made up', [SERVER]), 'cycle'))).toMatchObject({
      code: 'baselines.no-test-rows',
    });
  });
});

describe('selectRows', () => {
  it('keeps an experiment whose requests were observed as a whole, with its sums over the same rows', () => {
    const table = buildTable(logs(), { target: 'cycle', splits: ['train', 'valid'] });
    const some = selectRows(table, (index) => index === 1);
    expect(some.experiments.map(({ id }) => id)).toEqual(['b']);
    const [from] = table.experiments[1]!.observations!.train;
    const [own] = some.experiments;
    const rowsOf = ({ y, steps, observations }: typeof table, at: number): readonly number[][] => {
      const range = [observations!.start[at]!, observations!.end[at]!] as const;
      return [
        Array.from(y.slice(...range)),
        Array.from(steps!.slice(...range)),
        [observations!.y[at]!, observations!.head[at]!],
      ];
    };
    expect(own!.observations!.train[0]).toBe(0);
    for (const at of [0, 7, own!.observations!.valid[1] - 1])
      expect(rowsOf(some, at)).toEqual(rowsOf(table, from + at));
    expect(selectRows(table, () => false).observations).toBeUndefined();
  });

  it('keeps observations that train and validate alike in both splits', () => {
    const table = buildTable(logs(), { target: 'cycle', splits: ['train', 'valid'] });
    const [first, ...others] = table.experiments;
    const { train } = first!.observations!;
    const shared = { ...first!, observations: { ...first!.observations!, valid: train } };
    const all = selectRows({ ...table, experiments: [shared, ...others] }, () => true);
    const [own] = all.experiments;
    const measured = (split: 'train' | 'valid'): readonly number[] =>
      Array.from(all.observations!.y.subarray(...own!.observations![split]));
    expect(measured('valid')).toEqual(measured('train'));
    expect(measured('train')).toEqual(Array.from(table.observations!.y.subarray(...train)));
  });
});

describe('what is held out of request logs', { timeout: 120_000 }, () => {
  const program = shippedProgram(`
/** A line. */
export const constants = { a: 10000, b: 5, d: 20 };
export function predictStepTime(batch, c) { return c.a + c.b * batch.prefillTokens + c.d * batch.decodeTokens; }
`);

  const FITS = [{ group: 'all', constants: { a: 12_000, b: 9, d: 40 }, standardErrors: {} }];

  const inputOf = (dataset: Dataset): GeneralisationInput => {
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, objective: 'replay' as const, scope: 'global' as const };
    return {
      program,
      fits: FITS,
      settings,
      table: buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] }),
      data: trainingData(dataset, 'cycle'),
      test: [],
      dataset,
      served: dataset.experiments,
    };
  };

  it('is served with constants of the other workloads, which a law in common makes right', async () => {
    const input = inputOf(logs());
    const check = await holdOut(input, 'leaveOneWorkloadOut');
    if ('impossible' in check) throw new Error(check.impossible);
    expect(check.folds.map(({ heldOut, closedLoop }) => [heldOut, closedLoop.map(({ id }) => id)])).toEqual([
      ['chat', ['a']],
      ['code', ['b']],
    ]);
    expect(check.closedLoop!.mean.e2e).toBeLessThan(5);
    expect(check.closedLoop!.mean.itl).toBeLessThan(5);
    expect(check.mean.mape).toBeNull();
    expect(await holdOut(input, 'leaveOneModelOut')).toMatchObject({
      impossible: expect.stringContaining('one model'),
    });
    expect(await lowToHighLoad(input)).toEqual({ impossible: 'no steps were recorded' });
  });

  it('says of the batches that test requests made whether a program keeps the invariants on them', () => {
    const { fits, table } = inputOf(logs());
    const input = {
      program,
      fits,
      scope: 'global' as const,
      evaluated: { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 },
      features: table.features,
      contexts: 'blocks' as const,
      test: replayedRows(logs(), 'cycle', 'test'),
      metrics: [],
    };
    const report = checkInvariants(input);
    expect(report['INV-M-1']).toMatchObject({ holds: true, nonPositiveTestRows: 0 });
    expect(report['INV-M-1'].groups).toHaveLength(1);
    expect(report['INV-M-5'].pairs).toBeGreaterThan(100);
    const falling = fits.map((fit) => ({ ...fit, constants: { a: 10, b: -5, d: -20 } }));
    const broken = checkInvariants({ ...input, fits: falling });
    expect(broken['INV-M-1'].nonPositiveTestRows).toBeGreaterThan(0);
  });
});
