import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportProgram, readRun, simulateProgram, startRun } from '../../src/app/index.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { openRun } from '../../src/run/index.ts';
import { smallDataset } from '../baselines/sample.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('a run on request logs alone', { timeout: 60_000 }, () => {
  it('learns step times that give the latencies that clients measured, and exports them', async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    saveDataset(withReplays(makeDataset('made up', [served(SERVER)])), data);
    const directory = join(folder, 'run');
    await startRun({ data, directory, runs: folder, jobs: 1, search: { generations: 3, children: 4, seed: 1 } });
    const run = openRun(directory);
    expect(run.config.objective).toBe('replay');
    expect(readRun(run).best!.validationError).toBeLessThan(5);
    const { experiments, missing } = await simulateProgram(run);
    expect(missing).toEqual({});
    const [{ error, requests }] = experiments as [(typeof experiments)[0]];
    expect(requests).toBe(20);
    expect(Math.abs(error!.e2e!.mean)).toBeLessThan(5);
    expect(Math.abs(error!.itl!.mean)).toBeLessThan(5);
    const { files } = await exportProgram(run, undefined, {
      dir: join(folder, 'go'),
      interface: 'standalone',
    });
    expect(files).toContain('README.md');
  });

  it('alone can weigh what was measured of them', async () => {
    const data = join(temporaryFolder(), 'data');
    saveDataset(await smallDataset(), data);
    const options = { data, runs: temporaryFolder(), requestWeights: { e2e: 1, ttft: 1, itl: 1 } };
    await expect(startRun(options)).rejects.toThrow(/weights of what clients measured do not apply/);
  });
});
