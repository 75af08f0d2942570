import { join } from 'node:path';
import { saveDataset } from '../../src/data/index.ts';
import { smallDataset } from '../baselines/sample.ts';

/** Saves three experiments of the demo below a folder: what most tests are about does not depend on how many there are. */
export async function saveSmallData(folder: string): Promise<string> {
  const path = join(folder, 'small');
  saveDataset(await smallDataset(), path);
  return path;
}
