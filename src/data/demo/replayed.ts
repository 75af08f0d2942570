import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../dataset.ts';
import { withReplays } from '../replay/with-replays.ts';
import { cached, type CachedDemoOptions, defaultCacheDir, demoDataset } from './cache.ts';
import { DEMO_SEED } from './dataset.ts';

/**
 * Hash of the demo data with the batches behind its request logs, for the default seed. It changes with whatever changes a replay; a test
 * compares it with what is replayed, so that caches are never stale.
 */
export const REPLAYED_DEMO_HASH = 'a0af3d55c7901510b796fa739ccd746a9484207867c460416f6fc8e67377c3cd';

/** The demo data as an import would have it: with the batches behind its request logs. Made on first use, then read from the cache. */
export async function replayedDemo(options: CachedDemoOptions = {}): Promise<Dataset> {
  const { seed = DEMO_SEED, cacheDir = defaultCacheDir(process.env, homedir()) } = options;
  const demo = await demoDataset(options);
  const make = (): Dataset => withReplays(demo);
  // Without logs there is nothing to make.
  const isReplayed = demo.experiments.some(({ requests }) => requests !== undefined);
  if (!isReplayed || cacheDir === undefined) return make();
  return cached(join(cacheDir, `demo-replayed-v1-${REPLAYED_DEMO_HASH.slice(0, 12)}-${seed}`), make);
}
