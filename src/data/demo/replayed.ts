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
export const REPLAYED_DEMO_HASH = '5276d1ed4309a6af97e015a129d22564844d9404b9482aafb33afd5c7912f1c0';

/** The demo data as an import would have it: with the batches behind its request logs. Made on first use, then read from the cache. */
export async function replayedDemo(options: CachedDemoOptions = {}): Promise<Dataset> {
  const { seed = DEMO_SEED, cacheDir = defaultCacheDir(process.env, homedir()) } = options;
  const make = async (): Promise<Dataset> => withReplays(await demoDataset(options));
  if (cacheDir === undefined) return make();
  return cached(join(cacheDir, `demo-replayed-v1-${REPLAYED_DEMO_HASH.slice(0, 12)}-${seed}`), make);
}
