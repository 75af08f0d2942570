import { expect, it } from 'vitest';
import { replayedDemo } from '../../../src/data/index.ts';
import { REPLAYED_DEMO_HASH } from '../../../src/data/demo/replayed.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

it('demo data have the same replays on every machine, and again from the cache', { timeout: 60_000 }, async () => {
  const cacheDir = temporaryFolder();
  const demo = await replayedDemo({ cacheDir });
  // Where this fails a replay has changed: results on the demo then change with it.
  expect(demo.hash).toBe(REPLAYED_DEMO_HASH);
  expect(await replayedDemo({ cacheDir })).toEqual(demo);
});
