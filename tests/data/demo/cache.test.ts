import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEMO_HASH, demoDataset } from '../../../src/data/demo/index.ts';
import { temporaryFolder } from '../sample.ts';

/** The one cache in a folder. */
function cacheIn(folder: string): string {
  const entries = readdirSync(folder);
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatch(/^demo-v1-[0-9a-f]{12}$/);
  return join(folder, entries[0]!);
}

describe('the demo cache', () => {
  it('is made on first use and read from then on', async () => {
    const cacheDir = temporaryFolder();
    expect((await demoDataset({ cacheDir })).hash).toBe(DEMO_HASH);
    const file = join(cacheIn(cacheDir), 'dataset.json');
    const made = statSync(file).mtimeMs;
    expect((await demoDataset({ cacheDir })).hash).toBe(DEMO_HASH);
    expect(statSync(file).mtimeMs).toBe(made);
  });

  it('is made again where it is broken', async () => {
    const cacheDir = temporaryFolder();
    await demoDataset({ cacheDir });
    const folder = cacheIn(cacheDir);
    writeFileSync(join(folder, 'steps.parquet'), 'cut off');
    expect((await demoDataset({ cacheDir })).hash).toBe(DEMO_HASH);
    expect(statSync(join(folder, 'steps.parquet')).size).toBeGreaterThan(100_000);
  });

  it('is kept apart by seed', async () => {
    const cacheDir = temporaryFolder();
    await demoDataset({ cacheDir, seed: 1 });
    await demoDataset({ cacheDir, seed: 2 });
    expect(readdirSync(cacheDir)).toHaveLength(2);
  });

  it('is done without where it cannot be written', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a-file');
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, '');
    expect((await demoDataset({ cacheDir: join(file, 'cache') })).hash).toBe(DEMO_HASH);
  });
});
