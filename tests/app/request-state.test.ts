import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportProgram, findRun, readPrompt, type RunOptions, startRun, validateProgram } from '../../src/app/index.ts';
import { makeDataset, saveDataset } from '../../src/data/index.ts';
import type { Run } from '../../src/run/index.ts';
import { experiment, SKEWED } from '../data/request-state-sample.ts';
import { folderForAll } from '../temporary-folder.ts';

const folder = folderForAll();
const SEED = `export const constants = { a: 1000, b: 1 };
export function predictStepTime(batch, c) { return c.a + c.b * batch.kvMax; }`;

async function runOn(
  name: string,
  data: ReturnType<typeof experiment>,
  options: Partial<RunOptions> = {},
): Promise<Run> {
  const source = join(folder, name);
  saveDataset(makeDataset('memory', [data]), source);
  await startRun({
    runs: join(folder, 'runs'),
    directory: join(folder, 'runs', name),
    data: source,
    target: 'duration',
    scope: 'global',
    floor: false,
    jobs: 1,
    search: { generations: 0, children: 1, islands: 1 },
    ...options,
  });
  return findRun(join(folder, 'runs'), name);
}

describe('a run on data with the state of requests', { timeout: 60_000 }, () => {
  let run: Run;
  beforeAll(async () => {
    run = await runOn('state', experiment(SKEWED), { seeds: [{ name: 'longest', source: SEED }] });
  }, 60_000);

  it('offers exact features, fits them and says so', async () => {
    expect(run.config.data.contexts).toBe('requests');
    const { system } = await readPrompt(run);
    expect(system).toContain('kvVariance');
    const { experiments, invariants } = await validateProgram(run, undefined, { jobs: 1 });
    // The law is 10000 + 3 times the longest context, without noise.
    expect(experiments[0]!.mape).toBeLessThan(1e-6);
    expect(invariants!['INV-M-1'].proved).toBe(true);
    expect(invariants!['INV-M-5'].violations).toBe(0);
  });

  it('exports what it was fitted on', async () => {
    const dir = join(folder, 'go');
    await exportProgram(run, undefined, { dir, interface: 'standalone' });
    expect(readFileSync(join(dir, 'predict.go'), 'utf8')).toContain('kvMax = max(kvMax, float64(r.ProgressIndex))');
  });

  it('leaves no trace of it where there is no state', async () => {
    const { state: _, ...stateless } = experiment(SKEWED);
    const without = await runOn('no-state', stateless);
    expect(Object.keys(without.config.data)).toEqual(['source', 'hash']);
    expect((await readPrompt(without)).system).not.toContain('kvMax');
  });
});
