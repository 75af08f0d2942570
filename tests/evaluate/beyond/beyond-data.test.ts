import { describe, expect, it } from 'vitest';
import { beyondData } from '../../../src/evaluate/beyond/beyond-data.ts';
import { buildTable } from '../../../src/data/index.ts';
import { ProgramEvaluator } from '../../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../../src/evaluate/index.ts';
import { smallDataset } from '../../baselines/sample.ts';
import { programOf } from '../tables.ts';

const SETTINGS = { ...DEFAULT_EVALUATE_SETTINGS, scope: 'model' as const, jobs: 1 };
const PROGRAM = programOf(
  { o: 3000, w: 1.2, g: 1.3, r: 30 },
  'c.o + Math.max(c.w * (batch.weightsUs + batch.kvReadUs), c.g * (batch.prefillGemmUs + batch.decodeGemmUs)) + c.r * batch.requests',
);

async function beyond(floor: boolean) {
  const dataset = await smallDataset();
  const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
  const settings = { ...SETTINGS, floor };
  const evaluator = new ProgramEvaluator(table, settings);
  try {
    const evaluation = evaluator.evaluate({ program: PROGRAM, stream: [0] });
    if (evaluation.status === 'rejected') throw new Error(evaluation.detail);
    return beyondData({ program: PROGRAM, fits: evaluation.fits, scope: 'model', dataset, table }, settings);
  } finally {
    evaluator.dispose();
  }
}

describe('a program far from its data', () => {
  it('keeps to physics on a finer grid than the one that it was fitted with', async () => {
    const { floor } = await beyond(true);
    expect(floor).toMatchObject({ violations: 0, questioned: {} });
    expect(floor!.batches).toBeGreaterThan(200);
  });

  it('has response curves from one token to what engine and model allow, with floor, interval and rows near', async () => {
    const { curves, coverage } = await beyond(true);
    expect(curves.map(({ group, model }) => [group, model])).toEqual([
      ['llama-2-70b-tp4-H100', 'llama-2-70b-tp4-H100'],
      ['mixtral-8x7b-v0-1-tp2-H100', 'mixtral-8x7b-v0-1-tp2-H100'],
    ]);
    const [{ promptTokens, contextTokens, requests }] = curves as [(typeof curves)[number]];
    expect([promptTokens[0]![0], promptTokens.at(-1)![0]]).toEqual([1, 2048]);
    expect(requests.at(-1)![0]).toBe(128);
    for (const [, us, floorUs, lowUs, highUs] of [...promptTokens, ...contextTokens, ...requests]) {
      expect(us).toBeGreaterThan(0.999 * floorUs);
      expect(lowUs).toBeLessThanOrEqual(us);
      expect(highUs).toBeGreaterThan(us);
    }
    const near = (points: typeof requests): number => points.reduce((sum, point) => sum + point[5], 0);
    expect(near(requests)).toBeGreaterThan(300);
    // Nobody sent prompts that fill a step.
    expect(promptTokens.at(-1)![5]).toBe(0);
    expect(coverage!.coverage).toBeGreaterThan(80);
  });
});
