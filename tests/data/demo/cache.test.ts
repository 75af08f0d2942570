import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cached, defaultCacheDir, demoFolder } from '../../../src/data/demo/cache.ts';
import { demoDataset } from '../../../src/data/demo/index.ts';
import { SCENARIOS } from '../../../src/data/demo/scenarios.ts';
import { simulate } from '../../../src/data/demo/simulate.ts';
import { type Dataset, makeDataset, saveDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** One experiment of the demo: what the cache does is the same for all sixteen. */
const ONE = makeDataset('demo', [simulate(SCENARIOS[2]!, { seed: 1, sampleShare: 0.1 }).experiment]);

/** Counts how often the data were made. */
function maker(): { make: () => Dataset; made: number } {
  const counter = {
    made: 0,
    make: () => {
      counter.made++;
      return ONE;
    },
  };
  return counter;
}

describe('the demo data', () => {
  it('are kept apart by seed', async () => {
    const cacheDir = temporaryFolder();
    expect(demoFolder(cacheDir, 2)).not.toBe(demoFolder(cacheDir, 1));
    saveDataset(ONE, demoFolder(cacheDir, 2));
    expect((await demoDataset({ cacheDir, seed: 2 })).hash).toBe(ONE.hash);
  });
});

describe('a cache', () => {
  it('is made on first use and read from then on', async () => {
    const folder = join(temporaryFolder(), 'cache');
    const counter = maker();
    expect(await cached(folder, counter.make)).toEqual(ONE);
    expect(await cached(folder, counter.make)).toEqual(ONE);
    expect(counter.made).toBe(1);
  });

  it('is made again where it is broken', async () => {
    const folder = join(temporaryFolder(), 'cache');
    const counter = maker();
    await cached(folder, counter.make);
    const file = join(folder, 'steps.parquet');
    const { size } = statSync(file);
    writeFileSync(file, 'cut off');
    expect(await cached(folder, counter.make)).toEqual(ONE);
    expect(counter.made).toBe(2);
    expect(statSync(file).size).toBe(size);
  });

  it('is done without where it cannot be written', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    expect(await cached(join(file, 'cache'), maker().make)).toEqual(ONE);
    expect(existsSync(join(file, 'cache'))).toBe(false);
  });

  it.each([
    [{ EVOLVE_CACHE: 'here', XDG_CACHE_HOME: '/shared' }, '/home/me', 'here'],
    [{ EVOLVE_CACHE: '', XDG_CACHE_HOME: '/shared' }, '/home/me', '/shared/evolve'],
    [{ XDG_CACHE_HOME: 'relative' }, '/home/me', '/home/me/.cache/evolve'],
    [{}, '/home/me', '/home/me/.cache/evolve'],
    [{}, '', undefined],
  ])('of %j and the home %j is in %j', (env, home, folder) => {
    expect(defaultCacheDir(env, home)).toBe(folder);
  });
});
