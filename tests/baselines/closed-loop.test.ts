import { describe, expect, it } from 'vitest';
import { fittedProgram, referencePredictors, serveExperiments, trainingData } from '../../src/baselines/index.ts';
import { predictorStepTime } from '../../src/baselines/closed-loop/predictor-step-time.ts';
import { wasSaturated } from '../../src/baselines/closed-loop/saturated.ts';
import { closedLoopScore, type LoopErrors, overLoops } from '../../src/baselines/closed-loop/score.ts';
import { OVERHEADS_OF, timingOf, withClients } from '../../src/baselines/closed-loop/serve-experiments.ts';
import { shippedProgram } from '../../src/baselines/fitted-program.ts';
import type { FittedPredictor, ServedExperiment } from '../../src/baselines/predictor.ts';
import { whereOf } from '../../src/baselines/rows.ts';
import { type Experiment, makeDataset, NO_OVERHEADS } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import type { Batch } from '../../src/serving/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { smallDataset } from './sample.ts';

/** Two prompts of 100 tokens together, one of them begun; and three answers. */
const BATCH: Batch = {
  count: 5,
  request: Int32Array.of(0, 1, 2, 3, 4),
  computedTokens: Float64Array.of(0, 64, 200, 300, 400),
  newTokens: Float64Array.of(70, 30, 1, 1, 1),
  promptTokens: Float64Array.of(70, 94, 150, 250, 350),
  outputTokens: Float64Array.of(0, 0, 51, 51, 51),
  usedBlocks: 90,
};

/** The law of `served`, as a program with constants. */
const LAW = shippedProgram(`
/** A line. */
export const constants = { a: 12000, b: 9, d: 40 };
export function predictStepTime(batch, c) { return c.a + c.b * batch.prefillTokens + c.d * batch.decodeTokens; }
`);
const LAW_FIT = { group: 'all', constants: { a: 12_000, b: 9, d: 40 } };

/** Predictors that are fitted in no time. */
const QUICK = ['naive-mean-experiment', 'blackbox-model', 'roofline', 'ridge-30', 'direct-calibration'];

function made(predict: FittedPredictor['predict']): FittedPredictor {
  return { parameters: 0, notes: [], predict };
}

function whereServed(): ServedExperiment {
  return { ...whereOf(makeDataset('made up', [SERVER]), SERVER), contexts: 'blocks' };
}

/** As their clients saw it, each first and last token came so much later. */
function later(experiment: Experiment, us: number): Experiment {
  const requests = experiment.requests!;
  const add = (column: Float64Array): Float64Array => column.map((time) => time + us);
  return {
    ...experiment,
    requests: { ...requests, firstTokenUs: add(requests.firstTokenUs), lastTokenUs: add(requests.lastTokenUs) },
  };
}

describe('the step time of a predictor', () => {
  it('is asked for the record that a server would have logged of the batch', () => {
    let seen: Record<string, number> = {};
    const spy = made(({ steps }) => {
      seen = Object.fromEntries(
        Object.entries(steps).map(([name, column]: [string, Float64Array]) => [name, column[0]!]),
      );
      return Float64Array.of(7);
    });
    expect(predictorStepTime(spy, whereServed(), 400)!(BATCH)).toBe(7);
    expect(seen).toMatchObject({
      runningDepth: 5,
      waitingDepth: 0,
      prefillRequests: 2,
      prefillTokens: 100,
      decodeRequests: 3,
      decodeTokens: 3,
      scheduledTokens: 103,
      kvBlocksTotal: 400,
      kvBlocksFree: 310,
      kvUsageRatio: 90 / 400,
    });
  });

  it('is 1 µs at least, and none where the predictor was not fitted for such an experiment', () => {
    expect(
      predictorStepTime(
        made(() => Float64Array.of(-5)),
        whereServed(),
        400,
      )!(BATCH),
    ).toBe(1);
    expect(
      predictorStepTime(
        made(() => undefined),
        whereServed(),
        400,
      ),
    ).toBeUndefined();
  });

  it('is the same by a row each and by the faster way, for every predictor that has one', {
    timeout: 60_000,
  }, async () => {
    const dataset = await smallDataset();
    const data = trainingData(dataset, 'cycle');
    const experiment = dataset.experiments[0]!;
    const where: ServedExperiment = { ...whereOf(dataset, experiment), contexts: 'blocks' };
    const faster = referencePredictors()
      .filter(({ name }) => QUICK.includes(name))
      .flatMap((predictor) => {
        const fitted = predictor.fit(data, createRandom(1));
        const bySteps = predictorStepTime(fitted, where, 5000)!(BATCH);
        expect(bySteps).toBeGreaterThan(0);
        const timing = fitted.timing?.(where);
        if (timing === undefined) return [];
        expect(Math.abs(timing.stepTime(BATCH) / bySteps - 1)).toBeLessThan(1e-12);
        return [predictor.name];
      });
    expect(faster).toEqual(['naive-mean-experiment', 'blackbox-model', 'direct-calibration']);
  });
});

describe('an experiment that is served', () => {
  const experiment = served(SERVER);
  const dataset = makeDataset('made up', [experiment]);
  const law = fittedProgram(LAW, [LAW_FIT], 'global');

  it('gives back the latencies of the law that made its requests, and judges test requests', () => {
    const { loops, missing } = serveExperiments(dataset, [experiment], law, OVERHEADS_OF.program);
    expect(missing).toEqual({});
    const [score] = closedLoopScore({ loops, missing }).experiments;
    expect(score).toMatchObject({ id: 'run-1', requests: 20, judgedOn: 'requests', saturated: false });
    for (const name of ['ttft', 'itl', 'e2e', 'e2eP90'] as const) expect(Math.abs(score![name]!)).toBeLessThan(1e-9);
  });

  it('has the sign of what is simulated against what was measured', () => {
    const slow = made(({ steps }) =>
      steps.prefillTokens.map((n, row) => 1.2 * (12_000 + 9 * n + 40 * steps.decodeTokens[row]!)),
    );
    const { loops } = serveExperiments(dataset, [experiment], slow, OVERHEADS_OF.baseline);
    expect(loops[0]!.loop.error!.itl!.mean).toBeGreaterThan(15);
  });

  it('gets what clients see beyond steps from training requests, of a baseline that cannot say it', () => {
    const far = later(experiment, 5000);
    const remote = makeDataset('made up', [far]);
    const baseline = { ...made(law.predict) };
    const [own] = serveExperiments(remote, [far], baseline, OVERHEADS_OF.baseline).loops;
    expect(Math.abs(own!.loop.error!.ttft!.mean)).toBeLessThan(1e-9);
    const [none] = serveExperiments(remote, [far], law, OVERHEADS_OF.program).loops;
    expect(none!.loop.error!.ttft!.mean).toBeLessThan(-5);
  });

  it('takes those that were fitted with the constants before any other', () => {
    const far = later(experiment, 5000);
    const remote = makeDataset('made up', [far]);
    const overheads = { ...NO_OVERHEADS, requestUs: 5000 };
    const fitted = fittedProgram(LAW, [{ ...LAW_FIT, overheads }], 'global');
    const [loop] = serveExperiments(remote, [far], fitted, OVERHEADS_OF.program).loops;
    expect(Math.abs(loop!.loop.error!.ttft!.mean)).toBeLessThan(1e-9);
  });

  it('is missing, with the reason, where a predictor has no number or is not fitted for it', () => {
    const wild = made(() => Float64Array.of(Number.NaN));
    const { missing } = serveExperiments(dataset, [experiment], wild, OVERHEADS_OF.baseline);
    expect(missing['run-1']).toMatch(/a step time of NaN µs/);
    const none = serveExperiments(
      dataset,
      [experiment],
      made(() => undefined),
      OVERHEADS_OF.baseline,
    );
    expect(none).toEqual({ loops: [], missing: { 'run-1': 'not fitted for such an experiment' } });
    expect(withClients(makeDataset('made up', [SERVER]))).toEqual([]);
  });

  it('is timed by the KV blocks of its engine', () => {
    const byBlocks = made(({ steps }) => steps.kvBlocksTotal);
    expect(timingOf(dataset, experiment, byBlocks)!.stepTime(BATCH)).toBe(400);
  });
});

describe('averages over experiments in closed loop', () => {
  const errors = (id: string, e2e: number | null, saturated = false): LoopErrors => ({
    id,
    requests: 10,
    judgedOn: 'requests',
    saturated,
    ttft: null,
    itl: null,
    e2e,
    e2eP90: e2e,
  });

  it('are of absolute errors, without experiments that were saturated or have none', () => {
    const { mean, median } = overLoops([errors('a', -3), errors('b', 9), errors('c', 90, true), errors('d', null)]);
    expect(mean).toEqual({ ttft: null, itl: null, e2e: 6, e2eP90: 6 });
    expect(overLoops([errors('a', -3), errors('b', 9), errors('e', 4)]).median.e2e).toBe(4);
    expect(median.e2e).toBe(6);
  });

  it('count an experiment as saturated where more than a tenth of its requests failed', () => {
    const measured = { e2eMs: 1, ttftMs: 1, itlMs: 1, meanPromptTokens: 1, meanOutputTokens: 1 };
    expect(wasSaturated({ measured: { ...measured, completed: 90, failed: 10 } })).toBe(false);
    expect(wasSaturated({ measured: { ...measured, completed: 89, failed: 11 } })).toBe(true);
    const { requests } = served(SERVER);
    expect(wasSaturated({ requests: requests! })).toBe(false);
    const outcome = requests!.outcome.slice().fill(1, 0, 11);
    expect(wasSaturated({ requests: { ...requests!, outcome } })).toBe(true);
    expect(wasSaturated({})).toBe(false);
  });
});
