import { join } from 'node:path';
import { makeDataset, saveDataset } from '../../src/data/index.ts';
import { smallDataset } from '../baselines/sample.ts';

/** Saves two experiments of the demo, of two models and workloads, below a folder: what most tests are about does not need more. */
export async function saveSmallData(folder: string): Promise<string> {
  const path = join(folder, 'small');
  const { experiments } = await smallDataset();
  saveDataset(makeDataset('small', experiments.slice(1)), path);
  return path;
}
