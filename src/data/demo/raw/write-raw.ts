import { join } from 'node:path';
import { z } from 'zod';
import {
  buildFolderAtomically,
  type FolderKind,
  readJsonIfAny,
  type StagedFolder,
  UserError,
} from '../../../base/index.ts';
import type { Dataset, Experiment } from '../../dataset.ts';
import { makeDataset } from '../../make-dataset.ts';
import { SCENARIOS, type Scenario } from '../scenarios.ts';
import type { Simulation, SimulationSettings } from '../simulate.ts';
import { openRunningLogs, type RunningLog, writeCommonFiles, writeFinishedLogs } from './formats.ts';
import { observeRun } from './simulate-run.ts';
import { factsOf } from './simulated-run.ts';

/** What a tree of raw logs is made of. */
interface RawTreeOptions extends SimulationSettings {
  readonly scenarios: readonly Scenario[];
  /** Told of each experiment when its logs are written. */
  readonly onProgress?: (written: WrittenExperiment) => void;
}

export interface WrittenExperiment {
  readonly id: string;
  /** Which of how many it is, from 1. */
  readonly number: number;
  readonly of: number;
  readonly requests: number;
  readonly steps: number;
  /** Of its logs. */
  readonly bytes: number;
}

/** The file that says what a tree is. */
const MANIFEST = 'manifest.json';

const MANIFEST_SCHEMA = z.object({
  kind: z.literal('raw-demo'),
  files: z.array(z.string()),
});

const KIND: FolderKind = {
  noun: 'tree of raw demo logs',
  ownFiles: (folder) => readJsonIfAny(join(folder, MANIFEST), MANIFEST_SCHEMA)?.files,
};

/** The experiments of the demo whose ids contain a text. @throws UserError where there is none. */
export function scenariosWith(text: string): readonly Scenario[] {
  const found = SCENARIOS.filter(({ id }) => id.includes(text));
  if (found.length > 0) return found;
  throw new UserError({
    code: 'data.no-such-demo',
    problem: `no experiment of the demo has \`${text}\` in its id`,
    mend: `Use a part of one of ${SCENARIOS.map(({ id }) => id).join(', ')}`,
    details: { text },
  });
}

/**
 * Writes simulated experiments as their servers, tracers and clients would have logged them: a ground-truth tree, each request log
 * and the step records of engines, a folder for each format. The whole tree appears at once, or not at all.
 *
 * @returns the experiments, with the steps that were recorded.
 * @throws UserError where the folder holds anything but such a tree, or cannot be written.
 */
export async function writeRawTree(folder: string, options: RawTreeOptions): Promise<Dataset> {
  return buildFolderAtomically(folder, KIND, async (staged) => {
    const experiments: Experiment[] = [];
    writeCommonFiles(staged);
    for (const [at, scenario] of options.scenarios.entries()) {
      const before = staged.bytes;
      const { experiment, requests, stepCount } = writeExperiment(staged, scenario, options);
      experiments.push(experiment);
      options.onProgress?.({
        id: scenario.id,
        number: at + 1,
        of: options.scenarios.length,
        requests: requests.count,
        steps: stepCount,
        bytes: staged.bytes - before,
      });
      // Whoever wants to stop the process comes to it here.
      await new Promise(setImmediate);
    }
    staged.write(MANIFEST, manifestText(staged.paths, options));
    return makeDataset('demo', experiments);
  });
}

function manifestText(paths: readonly string[], { seed, sampleShare, scenarios }: RawTreeOptions): string {
  const files = [...paths, MANIFEST];
  const experiments = scenarios.map(({ id }) => id);
  return `${JSON.stringify({ kind: 'raw-demo', seed, sampleShare, experiments, files }, null, 2)}\n`;
}

function writeExperiment(staged: StagedFolder, scenario: Scenario, settings: SimulationSettings): Simulation {
  const facts = factsOf(scenario);
  let logs: readonly RunningLog[] = [];
  const { run, simulation } = observeRun(scenario, settings, (requests) => {
    logs = openRunningLogs(staged, facts, requests);
    return logs.map(({ observer }) => observer);
  });
  for (const { end } of logs) end();
  writeFinishedLogs(staged, run);
  return simulation;
}
