import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blackbox } from '../../src/baselines/formulas.ts';
import { mfuSource, roofline } from '../../src/baselines/roofline/predictor.ts';
import { transferBaseline, transferProgram, transferReport } from '../../src/baselines/index.ts';
import { measuredExperiments } from '../../src/baselines/transfer/measured.ts';
import { transferSections } from '../../src/cli/transfer-text.ts';
import { buildTable, type Dataset, importDataset, withReplays } from '../../src/data/index.ts';
import { observedMetrics } from '../../src/evaluate/observed-metrics.ts';
import { observedPart, predictObserved, rowsNeeded } from '../../src/evaluate/observed-part.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/index.ts';
import { fittedProgram } from '../../src/baselines/fitted-program.ts';
import { programOf } from '../evaluate/tables.ts';
import { smallDataset } from './sample.ts';
import { folderForAll } from '../temporary-folder.ts';

const HEADER = 'model_path,system,backend,precision,concurrency,batch_size,isl,osl,tp_size,ttft_ms,tpot_ms';

/** Two models on two kinds of GPU under one engine, with as many points each. */
async function servingPoints(): Promise<Dataset> {
  const rows = ['meta-llama/Llama-3.1-8B-Instruct', 'meta-llama/Llama-2-70b-hf'].flatMap((model, size) =>
    ['h100_sxm', 'a100_sxm'].flatMap((system, speed) =>
      [4, 8, 16, 32, 64].map((clients, at) => {
        const tpot = (8 + 20 * size) * (1 + 0.6 * speed) + 0.03 * clients + 0.001 * at;
        return [model, system, 'vllm', 'bf16', clients, clients, 500, 100, 4, 40 + 2 * clients + speed, tpot].join(',');
      }),
    ),
  );
  const path = join(folderForAll(), 'serving.csv');
  writeFileSync(path, [HEADER, ...rows].join('\n'));
  return withReplays(await importDataset(path));
}

const program = programOf({ w: 1.2, o: 1000, r: 20 }, 'c.w * batch.weightsUs + c.o + c.r * batch.requests');
const settings = { ...DEFAULT_EVALUATE_SETTINGS, scope: 'global', objective: 'mape', jobs: 1 } as const;

describe('what is measured of a system', () => {
  it('are the errors that an evaluation has of the same predictions', async () => {
    const dataset = await servingPoints();
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid', 'test'] });
    const [first] = measuredExperiments(dataset, 'cycle');
    const fits = [{ group: 'all', constants: { w: 1.1, o: 900, r: 30 } }];
    const p = fittedProgram(program, fits, 'global').predict(first!.rows)!;
    const errors = first!.errorsOf(p);
    for (const split of ['train', 'valid', 'test'] as const) {
      const rows = rowsNeeded(table, 0, split);
      const observed = observedPart(table, 0, split, 0)!;
      const { requests } = observedMetrics(
        '',
        observed,
        predictObserved(observed, p, table.steps, rows),
        settings.requestWeights,
      );
      const [from, to] = { train: [0, 3], valid: [3, 4], test: [4, 5] }[split];
      const own = errors.itl!.slice(from, to);
      expect(own.reduce((sum, error) => sum + error, 0) / own.length).toBeCloseTo(requests!.itlError, 8);
    }
  });
});

describe('how predictors carry over', async () => {
  const dataset = await servingPoints();
  const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
  const fits = [{ group: 'all', constants: { w: 1.2, o: 1000, r: 20 }, standardErrors: {} }];
  const contestants = [
    transferProgram({ name: 'abc', kind: 'program', program, fits, settings, table }),
    transferBaseline(roofline(mfuSource(undefined))),
    transferBaseline(blackbox('model')),
  ];
  const held: string[] = [];
  const report = await transferReport(dataset, 'cycle', contestants, (part) => held.push(part));

  it('is judged on each model and kind of GPU that nothing was learned of', () => {
    expect(held).toEqual(['llama-2-70b', 'llama-3-1-8b', 'A100', 'H100', 'Ampere', 'Hopper', 'everything']);
    if ('impossible' in report.model) throw new Error(report.model.impossible);
    const [own, roof, byModel] = report.model;
    expect(own!.parts.map(({ heldOut, experiments, measurements }) => [heldOut, experiments, measurements])).toEqual([
      ['llama-2-70b', 2, 10],
      ['llama-3-1-8b', 2, 10],
    ]);
    expect(own!.errors.step).toBeNull();
    expect(own!.errors.itl!.mape).toBeGreaterThan(0);
    // Nothing in it is fitted.
    expect(roof!.errors).toEqual(report.fitted[1]!.errors);
    expect(byModel).toMatchObject({ predicted: 0, errors: { itl: null } });
    expect(byModel!.parts[0]!.problem).toBe('not fitted for such experiments');
    expect(report.fitted[2]!.predicted).toBe(4);
    expect(report.engine).toEqual({ impossible: 'all experiments are of one: vllm' });
  });

  it('has intervals around its means', () => {
    for (const { errors } of report.fitted) {
      const { mape, low, high } = errors.itl!;
      expect(low).toBeLessThanOrEqual(mape);
      expect(high).toBeGreaterThanOrEqual(mape);
    }
  });

  it('is shown in tables that a terminal has room for', () => {
    const text = transferSections(report).join('\n\n');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/Time between tokens.*\n.*\npredictor +all +model +GPU +generation/);
    expect(text).toMatch(/\* abc +[\d.]+ ±[\d.]+/);
    expect(text).toMatch(/llama-2-70b +10 /);
    expect(text).toContain('Without each engine: not possible, all experiments are of one: vllm');
  });

  it('goes by steps where these were recorded', async () => {
    const [one] = measuredExperiments(await smallDataset(), 'cycle');
    expect(Object.keys(one!.errorsOf(one!.rows.steps.stepId))).toEqual(['step']);
    expect(one!.training.y.length).toBeGreaterThan(0);
  });
});
