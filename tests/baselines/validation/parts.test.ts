import { describe, expect, it } from 'vitest';
import { trainingData } from '../../../src/baselines/index.ts';
import { foldOf, rowsOfPart } from '../../../src/baselines/validation/folds.ts';
import { type HoldOutName, type Part, PARTS, type Whole } from '../../../src/baselines/validation/parts.ts';
import { buildTable, type Dataset, makeDataset } from '../../../src/data/index.ts';
import { smallDataset, smallRows } from '../sample.ts';

function wholeOf(dataset: Dataset): Whole {
  return { dataset, table: buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] }) };
}

function parts(whole: Whole, name: HoldOutName): readonly Part[] {
  const found = PARTS[name](whole);
  if ('impossible' in found) throw new Error(found.impossible);
  return found;
}

describe('the parts of a dataset', () => {
  it('are kinds of GPU where there is more than one', async () => {
    const { experiments } = await smallDataset();
    const [first, ...others] = experiments;
    const mixed = makeDataset('mixed', [{ ...first!, hardware: 'A100' }, ...others]);
    expect(parts(wholeOf(mixed), 'leaveOneGpuOut')).toEqual([
      { heldOut: 'A100', ids: [first!.id], pooledOnly: true },
      { heldOut: 'H100', ids: others.map(({ id }) => id), pooledOnly: true },
    ]);
    expect(PARTS.leaveOneGpuOut(wholeOf(await smallDataset()))).toEqual({
      impossible: 'all experiments have one kind of GPU: H100',
    });
  });

  it('are the experiments above the widest gap of the loads of a model', async () => {
    const whole = wholeOf(await smallDataset());
    const [heavy, ...none] = parts(whole, 'leaveHighLoadOut');
    expect(none).toEqual([]);
    // Of the 70B model's two workloads one has the larger batches; the other model has one load alone.
    const mean = (index: number): number => {
      const requests = whole.table.weights.e2e.subarray(...whole.table.experiments[index]!.rows.train);
      return requests.reduce((sum, count) => sum + count, 0) / requests.length;
    };
    const [lighter, heavier] = [0, 1].sort((a, b) => mean(a) - mean(b));
    expect(mean(heavier!)).toBeGreaterThan(1.25 * mean(lighter!));
    expect(heavy!.ids).toEqual([whole.table.experiments[heavier!]!.id]);
  });

  it('are nothing where the loads of each model are alike', async () => {
    const one = makeDataset('one', (await smallDataset()).experiments.slice(0, 1));
    expect(PARTS.leaveHighLoadOut(wholeOf(one))).toEqual({
      impossible: 'no model was measured at loads that differ by a factor of 1.25',
    });
  });
});

describe('what may be learned without a part', () => {
  it('has no row of a held-out experiment, for programs and baselines alike', async () => {
    const whole = wholeOf(await smallDataset());
    const data = trainingData(whole.dataset, 'cycle');
    for (const part of parts(whole, 'leaveOneWorkloadOut')) {
      const fold = foldOf({ ...whole, data }, part);
      const left = whole.dataset.experiments.map(({ id }) => id).filter((id) => !part.ids.includes(id));
      expect(fold.table.experiments.map(({ id }) => id)).toEqual(left);
      for (const rows of [fold.data.train, fold.data.valid])
        expect(rows.map(({ experiment: { id } }) => id)).toEqual(left);
      expect([...fold.data.measured.keys()].filter((id) => part.ids.includes(id))).toEqual([]);
    }
  });

  it('has light batches alone where heavy ones are held out, of training rows, the last of which choose', async () => {
    const whole = wholeOf(await smallDataset());
    const { data, test } = await smallRows();
    const [part] = parts(whole, 'lowToHighLoad');
    const { table, data: rest } = foldOf({ ...whole, data }, part!);
    for (const { id, rows } of table.experiments) {
      const limit = part!.limits![id]!;
      const light = table.weights.e2e.subarray(rows.train[0], rows.valid[1]);
      expect(Math.max(...light)).toBeLessThanOrEqual(limit);
      // In time: what chooses comes after what is fitted on, and all of it before the data's own validation rows.
      const own = whole.table.experiments.find((each) => each.id === id)!.rows.train;
      const lightRows = whole.table.y
        .subarray(...own)
        .filter((_, at) => whole.table.weights.e2e[own[0] + at]! <= limit);
      expect([...table.y.subarray(rows.train[0], rows.valid[1])]).toEqual([...lightRows]);
      expect(rows.valid[1] - rows.valid[0]).toBe(lightRows.length - Math.round(0.75 * lightRows.length));
      for (const split of ['train', 'valid'] as const) {
        const same = rest[split].find(({ experiment }) => experiment.id === id)!;
        expect([...same.y]).toEqual([...table.y.subarray(...rows[split])]);
      }
    }
    for (const { experiment, steps } of rowsOfPart(test, part!)) {
      const requests = steps.prefillRequests.map((count, row) => count + steps.decodeRequests[row]!);
      expect(Math.min(...requests)).toBeGreaterThan(part!.limits![experiment.id]!);
    }
  });
});
