import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { startRun } from '../../src/app/index.ts';
import { makeDataset, saveDataset } from '../../src/data/index.ts';
import { DEFAULT_PRIORS } from '../../src/evaluate/index.ts';
import type { RunConfig } from '../../src/run/index.ts';
import { experiment, SKEWED } from '../data/request-state-sample.ts';
import { folderForAll } from '../temporary-folder.ts';

const root = folderForAll();
const data = join(root, 'data');

beforeAll(() => {
  saveDataset(makeDataset('memory', [experiment(SKEWED)]), data);
});

/** The configuration that a run with these priors freezes; the run itself is not begun. */
async function frozen(priors: string | undefined): Promise<RunConfig | undefined> {
  let config: RunConfig | undefined;
  const stop = new Error('seen enough');
  const made = startRun({
    runs: join(root, 'runs'),
    data,
    target: 'duration',
    ...(priors !== undefined && { priors }),
    follow: ({ run }) => {
      config = run.config;
      throw stop;
    },
  });
  await expect(made).rejects.toBe(stop);
  return config;
}

it('a run freezes the priors that it is given, not the name of their file', async () => {
  const file = join(root, 'priors.yaml');
  writeFileSync(
    file,
    'units: {us / token: {median: 20, sigma: 1}}\nconstants: {overheadUs: {median: 3000, sigma: 0.5}}\n',
  );
  expect((await frozen(file))?.priors).toEqual({
    units: { ...DEFAULT_PRIORS.units, 'µs/token': { median: 20, sigma: 1 } },
    constants: { overheadUs: { median: 3000, sigma: 0.5 } },
  });
  expect((await frozen('off'))?.priors).toEqual({ units: {}, constants: {} });
  expect((await frozen(undefined))?.priors).toBeUndefined();
});

it('a file of priors that cannot be read or is none is refused before anything is written', async () => {
  const file = join(root, 'wrong.yaml');
  writeFileSync(file, 'units: {µs/token: 20}\n');
  const runs = join(root, 'none');
  await expect(startRun({ runs, data, priors: file })).rejects.toThrow(/wrong\.yaml:1: units\.µs\/token: /);
  await expect(startRun({ runs, data, priors: join(root, 'nowhere.yaml') })).rejects.toThrow(/nowhere\.yaml/);
  expect(readdirSync(root)).not.toContain('none');
});
