import { parseSeeds, readSeedTexts } from '../../src/app/seeds.ts';
import {
  buildTable,
  type Dataset,
  demoDataset,
  loadDataset,
  makeDataset,
  type RegressionTable,
} from '../../src/data/index.ts';
import { DEFAULT_PRIORS, type EvaluateSettings } from '../../src/evaluate/index.ts';
import type { Seed } from '../../src/search/index.ts';

/** Step times to search. */
export interface World {
  /** Training and validation rows. */
  readonly table: RegressionTable;
  /** Rows that a pick is judged on and no search sees: test rows of simulated traffic, validation rows of measured one. */
  readonly judged: RegressionTable;
  readonly split: 'test' | 'valid';
  readonly seeds: readonly Seed[];
  readonly settings: Pick<EvaluateSettings, 'objective' | 'scope' | 'floor' | 'priors'>;
}

/** One model of the demo, so that all rows share their constants. */
const GROUP = /llama-2-70b/;

/** The demo's rows of one model, or all rows of a dataset folder. */
export async function worldOf(data: string | undefined): Promise<World> {
  const dataset = data === undefined ? await demoGroup() : await loadDataset(data);
  const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
  return {
    table,
    ...(data === undefined
      ? { split: 'test', judged: buildTable(dataset, { target: 'cycle', splits: ['test'] }) }
      : { split: 'valid', judged: table }),
    seeds: parseSeeds(readSeedTexts()),
    settings: { objective: 'mape', scope: 'model', floor: true, priors: DEFAULT_PRIORS },
  };
}

async function demoGroup(): Promise<Dataset> {
  const { experiments } = await demoDataset();
  return makeDataset(
    'demo group',
    experiments.filter(({ id }) => GROUP.test(id)),
  );
}
