import { UserError } from '../base/index.ts';
import type { SplitName } from '../data/index.ts';
import { fitsInUse, programLoops, type WhatIf } from '../evaluate/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import type { SimulateDocument } from './documents.ts';
import { type BlisLoop, blisLoops, type BlisOptions } from './simulate-blis.ts';
import { refuseTable } from './column-run.ts';
import { recordOpening } from './test-access.ts';
import { datasetOf, openDataset, sourceOf } from './workspace.ts';

/** What is simulated. */
export interface SimulateOptions extends WhatIf {
  /** Dataset folder with requests; default: the data of the run. */
  readonly data?: string;
  /** Whose requests are judged; default `valid`. `test` opens them, and says in the run's directory that it did. */
  readonly split?: SplitName;
  /** Also served by the simulator BLIS; default: not. */
  readonly blis?: BlisOptions;
  /** Called with a line before the work, which may take some seconds. */
  readonly onNote?: (line: string) => void;
}

/**
 * Serves the logged requests of a dataset with the step times of a program: latencies as clients would see them, beside the
 * measured ones, for the load and the server as they were or as they might be.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, its data is gone, or no experiment can be simulated.
 */
export async function simulateProgram(run: Run, id?: string, options: SimulateOptions = {}): Promise<SimulateDocument> {
  const { data, split = 'valid', blis, onNote, ...whatIf } = options;
  const { program, evaluation, id: programId } = findProgram(run, readState(run).state, id);
  const dataset = data === undefined ? await datasetOf(run) : await openDataset(data);
  const source = data === undefined ? run.config.data.source : sourceOf(data);
  refuseTable(dataset, 'a simulation of requests');
  const testAccess = split === 'test' ? recordOpening({ command: 'simulate', program: programId }, run, source) : null;
  const { scope, data: fittedOn } = run.config;
  const { contexts } = fittedOn;
  const inUse = { program, fits: fitsInUse(evaluation), scope, contexts };
  const { length } = dataset.experiments;
  onNote?.(`serving the requests of ${length === 1 ? '1 experiment' : `${length} experiments`}`);
  const { experiments, missing } = programLoops(dataset, inUse, split, whatIf);
  if (experiments.length > 0) {
    const document = { program: programId, split, whatIf, experiments, missing, testAccess };
    if (blis === undefined) return document;
    const loops: BlisLoop[] = [];
    const served = new Set(experiments.map((loop) => loop.id));
    for (const experiment of dataset.experiments.filter((each) => served.has(each.id))) {
      onNote?.(`${experiment.id}: serving it with BLIS`);
      loops.push(...(await blisLoops(dataset, experiment, split, blis, whatIf)));
    }
    return { ...document, blis: loops };
  }
  const [[first, why] = ['', 'it has none']] = Object.entries(missing);
  throw new UserError({
    code: 'app.nothing-to-simulate',
    place: { file: source },
    problem: `no experiment can be simulated (${first}: ${why})`,
    mend: 'Give data with request logs of a model that the run was fitted on',
  });
}
