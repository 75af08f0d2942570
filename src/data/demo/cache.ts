import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../numeric/index.ts';
import type { Dataset } from '../dataset.ts';
import { loadDataset, saveDataset } from '../store.ts';
import { DEMO_HASH, DEMO_SAMPLE_SHARE, DEMO_SEED, type DemoOptions, simulateDemo } from './dataset.ts';

export interface CachedDemoOptions extends DemoOptions {
  /** Folder of caches; by default `$EVOLVE_CACHE`, else `evolve` in the user's cache folder. */
  readonly cacheDir?: string;
}

/**
 * The demo data, see {@link simulateDemo}: made on first use, then read from the cache. A cache that cannot be read is
 * made again; one that cannot be written is done without.
 */
export async function demoDataset(options: CachedDemoOptions = {}): Promise<Dataset> {
  const seed = options.seed ?? DEMO_SEED;
  const folder = join(options.cacheDir ?? defaultCacheDir(), `demo-v1-${settingsHash(seed)}`);
  const cached = await load(folder);
  if (cached !== undefined) return cached;
  const dataset = simulateDemo({ seed });
  save(dataset, folder);
  return dataset;
}

/** Names what the data depend on; the known hash stands for the simulator and its scenarios. */
function settingsHash(seed: number): string {
  const settings = JSON.stringify([DEMO_HASH, seed, DEMO_SAMPLE_SHARE]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 12);
}

function defaultCacheDir(): string {
  const { EVOLVE_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  // An empty variable counts as unset, as the XDG base directory specification says.
  return own || join(shared || join(homedir(), '.cache'), 'evolve');
}

async function load(folder: string): Promise<Dataset | undefined> {
  if (!existsSync(folder)) return undefined;
  try {
    return await loadDataset(folder);
  } catch {
    // Whatever is wrong with it, the data can be made again.
    return undefined;
  }
}

function save(dataset: Dataset, folder: string): void {
  try {
    // Nothing but a broken cache can be there.
    rmSync(folder, { recursive: true, force: true });
    saveDataset(dataset, folder);
  } catch (error) {
    // A full disk, a read-only home or another process that writes the same cache: the data are at hand all the same.
    if (!(error instanceof UserError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
