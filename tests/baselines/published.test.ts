import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LabelledRows, metricsOf, openRows, type Predictor, trainingData } from '../../src/baselines/index.ts';
import { blackbox, naiveMean } from '../../src/baselines/formulas.ts';
import { ridge30 } from '../../src/baselines/ridge.ts';
import { mfuSource, roofline } from '../../src/baselines/roofline/predictor.ts';
import { boostedTrees } from '../../src/baselines/trees/predictor.ts';
import { type Dataset, importDataset } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { realData } from '../real-data.ts';

let dataset: Promise<Dataset> | undefined;
function open(): Promise<Dataset> {
  return (dataset ??= importDataset(join(realData!, 'stepml')));
}

async function mapes(predictor: Predictor, target: 'duration' | 'cycle' = 'duration'): Promise<readonly number[]> {
  const data = await open();
  const fit = predictor.fit(trainingData(data, target), createRandom(1));
  return openRows(data, target, 'test').map((rows) => metricsOf({ rows, p: fit.predict(rows)! }).mape);
}

describe.skipIf(realData === undefined)('on the real measurements, the baselines have their published errors', () => {
  it.each([
    ['naive mean', naiveMean('experiment'), [85.36, 76.82], 2],
    ['blackbox', blackbox('experiment'), [61.154, 90.758], 3],
    ['ridge', ridge30(), [57.448, 64.335], 3],
  ] as const)('%s to the digits given', async (_, predictor, published, digits) => {
    const found = await mapes(predictor);
    expect(found.map((mape) => mape.toFixed(digits))).toEqual(published.map((mape) => mape.toFixed(digits)));
  });

  it('trees within 3 points', async () => {
    const [general, codegen] = await mapes(boostedTrees());
    expect(Math.abs(general! - 55.4)).toBeLessThan(3);
    expect(Math.abs(codegen! - 31.1)).toBeLessThan(3);
  });

  it('published predictions, scored by our metrics, exactly', async () => {
    const found = openRows(await open(), 'duration', 'test').map((rows) =>
      metricsOf({ rows, p: publishedPredictions(rows) }).mape.toFixed(3),
    );
    expect(found).toEqual(['55.446', '31.093']);
  });

  it('the roofline with measured efficiencies comes near the true step cycle without any fit', async () => {
    const benchData = join(realData!, 'blis/bench_data');
    if (!existsSync(benchData)) return;
    const measured = await mapes(roofline(mfuSource(benchData)), 'cycle');
    const constant = await mapes(roofline(mfuSource(undefined)), 'cycle');
    for (const [at, mape] of measured.entries()) {
      expect(mape).toBeLessThan(6);
      expect(mape).toBeLessThan(constant[at]!);
    }
  });
});

function publishedPredictions({ experiment, steps }: LabelledRows): Float64Array {
  const file = join(realData!, 'stepml', experiment.id, 'xgboost_test_predictions.csv');
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const byId = new Map(lines.map((line) => [Number(line.split(',')[0]), Number(line.split(',')[2])]));
  return steps.stepId.map((id) => byId.get(id)!);
}
