import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegressionTable } from '../../src/data/index.ts';
import type { Accepted, Candidate, Evaluation, Evaluator, RejectReason } from '../../src/evaluate/index.ts';
import { GraphBuilder, type Program } from '../../src/program/index.ts';
import { programOf, tableOf } from './tables.ts';

/** Makes the evaluator under test: scope `model`, objective `e2e`, seed 5, default caps. */
export type MakeEvaluator = (table: RegressionTable) => Promise<Evaluator>;

function LAW(row: { tokens: number; requests: number }): number {
  return 900 + 3 * row.tokens + 20 * row.requests;
}

/** What every implementation of `Evaluator` keeps. */
export function evaluatorConformance(make: MakeEvaluator): void {
  const table = tableOf(LAW, { noise: 0.05 });
  const line = programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.tokens + c.d * batch.requests');
  const candidates: readonly Candidate[] = [
    line,
    programOf({ a: 500, p: 0.9, d: 1 }, 'c.a + c.d * batch.tokens ** c.p'),
    programOf({ a: 1 }, 'c.a * batch.secret'),
    programOf({ a: 1 }, 'c.a * (batch.kv + 900)'),
    programOf({ t: 10, a: 1, b: 1 }, 'batch.requests > c.t ? c.a * (batch.tokens + 1) : c.b'),
  ].map((program, i) => ({ program, stream: ['generation', i] }));

  let evaluator: Evaluator;
  beforeAll(async () => {
    evaluator = await make(table);
  });
  afterAll(() => evaluator.close());

  const accepted = async (candidate: Candidate | undefined): Promise<Accepted> => {
    const [evaluation] = await evaluator.evaluate(candidate === undefined ? [] : [candidate]);
    if (evaluation?.status !== 'ok') throw new Error(`rejected: ${evaluation?.detail}`);
    return evaluation;
  };

  it('answers in the order of the candidates, whatever the order is', async () => {
    const forwards = await evaluator.evaluate(candidates);
    const backwards = await evaluator.evaluate(candidates.toReversed());
    expect(forwards.map(reasonOf)).toEqual(['ok', 'ok', 'unknown-feature', 'ok', 'ok']);
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('gives the same bits from a fresh evaluator', async () => {
    const fresh = await make(table);
    const second = await fresh.evaluate(candidates.slice(1));
    await fresh.close();
    expect(second).toEqual((await evaluator.evaluate(candidates)).slice(1));
  });

  it('recovers a law and reports its errors, fits and invariants', async () => {
    const evaluation = await accepted(candidates[0]);
    expect(evaluation.error).toBeLessThan(1);
    expect(evaluation.validationError).toBeLessThan(2);
    expect(evaluation.fits.map((fit) => fit.group)).toEqual(['a-tp1', 'b-tp1']);
    for (const { constants, standardErrors } of evaluation.fits) {
      expect(Math.abs((constants['b'] ?? 0) - 3)).toBeLessThan(4 * (standardErrors['b'] ?? 0));
      expect(Math.abs((constants['d'] ?? 0) - 20)).toBeLessThan(4 * (standardErrors['d'] ?? 0));
    }
    expect(evaluation.metrics.train.map((m) => m.id)).toEqual(table.experiments.map((experiment) => experiment.id));
    expect(evaluation.metrics.valid.map((m) => m.rows)).toEqual([50, 50, 50, 50]);
    expect(evaluation.invariants).toEqual({
      nonPositive: 0,
      deterministic: true,
      pure: true,
      monotonicityViolations: 0,
    });
    expect(evaluation.residualCorrelations.map((entry) => entry.feature).sort()).toEqual(['kv', 'requests', 'tokens']);
  });

  it('counts batches that grow and are said to get faster', async () => {
    const program = programOf({ a: 5000 }, 'c.a / (batch.requests + 7)');
    const { invariants } = await accepted({ program, stream: [] });
    expect(invariants.monotonicityViolations).toBe(1);
  });

  it('says why it rejects', async () => {
    const plain = programOf({ a: 1 }, 'c.a * batch.tokens');
    const tower = Array.from({ length: 31 }, (_, i) => `c.a * batch.tokens / (batch.requests + ${i})`).join(' + ');
    const builder = new GraphBuilder();
    const negative = builder.build([builder.op('sub', builder.number(0), builder.feature('tokens'))]);
    const hopeless: readonly (readonly [Program, RejectReason])[] = [
      [{ ...plain, graph: { nodes: [{ kind: 'op', op: 'add', args: [0, 7] }], roots: [0] } }, 'malformed'],
      [programOf({ a: 1 }, tower), 'caps'],
      [programOf({ a: 1 }, 'c.a + 0 * c.a'), 'no-feature'],
      [programOf({ a: 1 }, 'c.a * batch.secret'), 'unknown-feature'],
      [{ ...plain, constants: [], graph: negative }, 'bounds'],
      [programOf({ a: 1 }, 'c.a * Math.exp(batch.tokens * batch.tokens)'), 'not-finite'],
      [programOf({}, 'batch.tokens ** 3'), 'screen'],
      [programOf({ a: 1 }, 'c.a * (batch.requests - 1)'), 'not-positive'],
    ];
    const evaluations = await evaluator.evaluate(hopeless.map(([program]) => ({ program, stream: [] })));
    expect(evaluations.map(reasonOf)).toEqual(hopeless.map(([, reason]) => reason));
  });

  it('stops the refit of a program whose error stays far above its limit', async () => {
    const poor = candidates[3] as Candidate;
    const { error } = await accepted(poor);
    const [lost] = await evaluator.evaluate([{ ...poor, limit: error / 4 }]);
    expect(lost).toMatchObject({ status: 'rejected', reason: 'race' });
    const good = await accepted(candidates[0]);
    for (const limit of [good.error, Number.POSITIVE_INFINITY]) {
      expect(await evaluator.evaluate([{ ...(candidates[0] as Candidate), limit }])).toEqual([good]);
    }
    expect(await evaluator.evaluate([{ ...poor, limit: error }])).toEqual([await accepted(poor)]);
    // What a program lacks is told of those that may become parents.
    const { residualTerms: _, ...others } = await accepted(poor);
    expect(await evaluator.evaluate([{ ...poor, limit: error / 1.5 }])).toEqual([others]);
  });

  it('scores given constants without a refit, on each split', async () => {
    const { fits, metrics } = await accepted(candidates[0]);
    expect(await evaluator.score(line, fits, 'train')).toEqual(metrics.train);
    expect(await evaluator.score(line, fits, 'valid')).toEqual(metrics.valid);
    const test = await evaluator.score(line, fits, 'test');
    expect(test.map((m) => m.rows)).toEqual([50, 50, 50, 50]);
    for (const { mape } of test) expect(mape).toBeLessThan(6);
  });

  it('will not score constants of other groups', async () => {
    const fits = [{ group: 'elsewhere', constants: { a: 1, b: 1, d: 1 }, standardErrors: {} }];
    await expect(evaluator.score(line, fits, 'test')).rejects.toThrow(/a-tp1/);
  });
}

export function reasonOf(evaluation: Evaluation): string {
  return evaluation.status === 'ok' ? 'ok' : evaluation.reason;
}
