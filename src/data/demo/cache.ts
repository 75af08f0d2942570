import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { Dataset } from '../dataset.ts';
import { loadDataset, saveDataset } from '../store.ts';
import { DEMO_HASH, DEMO_SAMPLE_SHARE, DEMO_SEED, type DemoOptions, simulateDemo } from './dataset.ts';

export interface CachedDemoOptions extends DemoOptions {
  /** Folder of caches; by default `$EVOLVE_CACHE`, else `evolve` in the user's cache folder. */
  readonly cacheDir?: string;
}

/**
 * The demo data, see {@link simulateDemo}: made on first use, then read from the cache. A cache that cannot be read is
 * made again; one that cannot be written, or has no place, is done without.
 */
export async function demoDataset(options: CachedDemoOptions = {}): Promise<Dataset> {
  const seed = options.seed ?? DEMO_SEED;
  const caches = options.cacheDir ?? defaultCacheDir(process.env, homedir());
  const make = (): Dataset => simulateDemo({ seed });
  return caches === undefined ? make() : cached(demoFolder(caches, seed), make);
}

/** The dataset in a folder; where there is none that can be read, it is made, and kept there if possible. */
export async function cached(folder: string, make: () => Dataset | Promise<Dataset>): Promise<Dataset> {
  const kept = await load(folder);
  if (kept !== undefined) return kept;
  const dataset = await make();
  save(dataset, folder);
  return dataset;
}

/** The folder of the demo data among the caches; its name depends on what the data depend on. */
export function demoFolder(caches: string, seed: number): string {
  // The known hash stands for the simulator and its scenarios.
  const settings = JSON.stringify([DEMO_HASH, seed, DEMO_SAMPLE_SHARE]);
  return join(caches, `demo-v1-${createHash('sha256').update(settings).digest('hex').slice(0, 12)}`);
}

/** Undefined where there is no home: a cache in the working directory would be litter. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>, home: string): string | undefined {
  const { EVOLVE_CACHE: own, XDG_CACHE_HOME: shared } = env;
  if (own) return own;
  // An empty or relative variable counts as unset, as the XDG base directory specification says.
  if (shared && isAbsolute(shared)) return join(shared, 'evolve');
  return isAbsolute(home) ? join(home, '.cache', 'evolve') : undefined;
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
