import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  programBeyondData,
  readProgram,
  readRun,
  type RunOptions,
  simulateProgram,
  startRun,
  validateProgram,
} from '../../src/app/index.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { fitsInUse, type GroupFit } from '../../src/evaluate/index.ts';
import { findProgram, openRun, readState, type Run } from '../../src/run/index.ts';
import { pickProgram } from '../../src/search/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { folderForAll } from '../temporary-folder.ts';

let run: Run;
let bySteps: Run;

/** The steps of a replay, as if they had been recorded, beside the log that was replayed. */
beforeAll(async () => {
  const folder = folderForAll();
  const logged = served(SERVER);
  const { steps } = withReplays(makeDataset('made up', [logged])).experiments[0]!.replay!;
  const stepped = { ...logged, steps: { ...steps, stepId: steps.stepId.map((_, at) => at) } };
  const data = join(folder, 'data');
  saveDataset(withReplays(makeDataset('made up', [stepped])), data);
  const made = async (name: string, generations: number, options: Partial<RunOptions>): Promise<Run> => {
    const directory = join(folder, name);
    const search = { generations, children: 4, seed: 1 };
    await startRun({ data, directory, runs: folder, jobs: 1, search, ...options });
    return openRun(directory);
  };
  run = await made('run', 2, { objective: 'replay' });
  bySteps = await made('by-steps', 0, {});
}, 60_000);

describe('a run on steps and clients of one experiment', { timeout: 60_000 }, () => {
  it('judges by both where it is to', () => {
    const { experiments } = readProgram(run);
    expect(experiments.map(({ id, requests }) => [id, requests !== undefined])).toEqual([
      ['run-1', false],
      ['run-1', true],
    ]);
  });

  it('is served in closed loop', async () => {
    const { experiments } = await simulateProgram(run);
    expect(experiments).toHaveLength(1);
    expect(Math.abs(experiments[0]!.error!.itl!.mean)).toBeLessThan(10);
  });

  it('ends with the errors that a simulation of the whole log has, though windows of it were fitted to', async () => {
    const { closedLoop } = readProgram(run);
    const { error } = (await simulateProgram(run)).experiments[0]!;
    const means = [error!.ttft!.mean, error!.itl!.mean, error!.e2e!.mean].map(Math.abs);
    expect(Object.values(closedLoop!.latencies)).toEqual(means);
  });

  it('is validated on steps, and on requests by their weights', async () => {
    const { experiments, mean, gap } = await validateProgram(run, undefined, { jobs: 1 });
    const [ofSteps, ofClients] = experiments;
    expect([ofSteps!.requests, ofClients!.requests !== undefined]).toEqual([undefined, true]);
    expect(mean.mape).toBe(ofSteps!.mape);
    expect(gap.mape.test).toBe(ofSteps!.mape);
    const errors = (ofSteps!.e2eBlockError + ofClients!.requests!.replayError) / 2;
    expect(gap.objective.test).toBeCloseTo(errors + 1e-3 * ((ofSteps!.mape + ofClients!.mape) / 2), 9);
  });
});

describe('a run that is told nothing', () => {
  it('goes by the steps where all of them were recorded', () => {
    expect(bySteps.config.objective).toBe('e2e');
    expect(bySteps.config.requestWeights).toBeUndefined();
    expect(readProgram(bySteps).experiments.map(({ requests }) => requests)).toEqual([undefined]);
  });

  it('serves the pick alone, whose constants stay what they are', () => {
    const { front } = readState(bySteps).state.archive;
    const looped = front.filter(({ evaluation }) => evaluation.closedLoop !== undefined);
    expect(front.length).toBeGreaterThan(1);
    expect(looped.map(({ id }) => id)).toEqual([pickProgram(front, 'e2e')!.id]);
    const [{ evaluation }] = looped as [(typeof looped)[0]];
    const constants = (fits: readonly GroupFit[]): unknown => fits.map((fit) => fit.constants);
    expect(constants(fitsInUse(evaluation))).toEqual(constants(evaluation.fits));
    expect(fitsInUse(evaluation)[0]!.overheads).toBeDefined();
    expect(readRun(bySteps).best!.closedLoop!.latencies.e2e).toBeGreaterThan(0);
  });

  it('knows how many validation rows lie within the intervals of its pick, as they are shown', async () => {
    const { coverage } = findProgram(bySteps, readState(bySteps).state).evaluation;
    expect(coverage!.rows).toBeGreaterThan(0);
    expect((await programBeyondData(bySteps)).beyond!.coverage).toMatchObject(coverage!);
  });
});
