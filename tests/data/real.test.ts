import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  describeDataset,
  importDataset,
  littleE2e,
  loadDataset,
  saveDataset,
} from '../../src/data/index.ts';
import { realData } from '../real-data.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const GENERAL = '20260217-202857-llama-2-70b-tp4-general';
const CODEGEN = '20260217-203421-llama-2-70b-hf-tp4-codegen';

function load() {
  return importDataset(join(realData!, 'stepml'));
}

describe.skipIf(realData === undefined)(
  'the real measurements (skipped where they are not beside the checkout)',
  () => {
    it('have the documented rows, splits, test ids and cycle pairs', async () => {
      const { experiments } = describeDataset(await load());
      const withSteps = experiments.filter(({ rows }) => rows > 0);
      expect(withSteps).toMatchObject([
        {
          id: GENERAL,
          model: 'llama-2-70b',
          workload: 'general',
          tp: 4,
          rows: 5992,
          split: { train: 3595, valid: 1198, test: 1199 },
          testIds: [48464, 59978],
          cyclePairs: { train: 371, valid: 114, test: 108 },
        },
        {
          id: CODEGEN,
          model: 'llama-2-70b-hf',
          workload: 'codegen',
          tp: 4,
          rows: 6679,
          split: { train: 4007, valid: 1336, test: 1336 },
          testIds: [53687, 66804],
          cyclePairs: { train: 388, valid: 128, test: 142 },
        },
      ]);
    });

    it('keep the measured latency of all 15 runs', async () => {
      const { experiments } = describeDataset(await load());
      expect(experiments).toHaveLength(15);
      expect(experiments.filter(({ rows, measured }) => rows === 0 && measured !== undefined)).toHaveLength(13);
      const measured = Object.fromEntries(experiments.map(({ id, measured: found }) => [id, found]));
      expect(measured[GENERAL]!.e2eMs).toBeCloseTo(5320.6, 1);
      expect(measured[CODEGEN]!.e2eMs).toBeCloseTo(4605.1, 0);
      expect(measured[GENERAL]!.completed).toBe(16800);
    });

    it('give mean E2E by the law of Little within 4 % of the measured one, from a line in decode tokens', async () => {
      const { experiments } = await load();
      const lines = { [GENERAL]: [16691, 47.6, 5172], [CODEGEN]: [15488, 78.3, 4644] };
      for (const [id, [base, perToken, published]] of Object.entries(lines)) {
        const experiment = experiments.find((candidate) => candidate.id === id)!;
        const predicted = experiment.steps!.decodeTokens.map((tokens) => base! + perToken! * tokens);
        const { e2eMs, completions, relativeStandardError } = littleE2e(experiment, predicted)!;
        // Few requests finish in a tenth of the steps: the agreement is within what sampling allows.
        expect(relativeStandardError * Math.sqrt(completions)).toBeCloseTo(1, 0);
        expect(Math.abs(e2eMs / published! - 1)).toBeLessThan(0.01);
        expect(Math.abs(e2eMs / experiment.measured!.e2eMs - 1)).toBeLessThan(0.04);
      }
    });

    it('give the same dataset after saving and loading', async () => {
      const dataset = await load();
      const folder = join(temporaryFolder(), 'set');
      saveDataset(dataset, folder);
      expect((await loadDataset(folder)).hash).toBe(dataset.hash);
    });

    it('give tables whose test rows are there only when asked for', async () => {
      const dataset = await load();
      const search = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
      const test = buildTable(dataset, { target: 'cycle', splits: ['test'] });
      expect(search.y).toHaveLength(371 + 114 + 388 + 128);
      expect(search.experiments.map(({ rows }) => rows)).toEqual([
        { train: [0, 371], valid: [371, 485], test: [485, 485] },
        { train: [485, 873], valid: [873, 1001], test: [1001, 1001] },
      ]);
      expect(test.experiments.map(({ rows }) => rows.test)).toEqual([
        [0, 108],
        [108, 250],
      ]);
      expect(test.features).toEqual(search.features);
      expect(search.experiments.map(({ modelKey, weight }) => [modelKey, weight])).toEqual([
        ['llama-2-70b-tp4-H100', 1],
        ['llama-2-70b-tp4-H100', 1],
      ]);
      const duration = buildTable(dataset, { target: 'duration', splits: ['train', 'valid', 'test'] });
      expect(duration.y).toHaveLength(5992 + 6679);
      for (const table of [search, test, duration]) {
        expect(table.columns.every((column) => column.length === table.y.length && column.every(Number.isFinite))).toBe(
          true,
        );
      }
    });
  },
);
