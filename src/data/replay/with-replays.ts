import { servingContext } from '../context.ts';
import { whyUnsteady } from '../clients/unsteady.ts';
import type { Dataset, Experiment } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import { withPointSchedules } from '../points/with-point-schedules.ts';
import { contextSource, recordsAllRequests } from '../request-state.ts';
import { reconstruct } from './reconstruct.ts';

/**
 * The dataset with the batches that the clients of every experiment must have made the engine run: of a request log, and of a load that
 * is known by its profile and its reports, or as serving points. Where the state of requests was recorded batch by batch that tells more than any replay.
 *
 * @param onNote is told what is replayed, and what is not for which reason.
 */
export function withReplays(given: Dataset, onNote?: (line: string) => void): Dataset {
  const dataset = withPointSchedules(given);
  const isExact = contextSource(dataset) === 'requests';
  const lacks = ({ steps, requests, load, reports, replay }: Experiment): boolean =>
    replay === undefined &&
    !(isExact && steps !== undefined) &&
    (requests !== undefined || (load !== undefined && reports !== undefined));
  if (!dataset.experiments.some(lacks)) return dataset;
  const keepBatches = recordsAllRequests(dataset.experiments);
  const experiments = dataset.experiments.map((experiment) => {
    if (!lacks(experiment)) return experiment;
    const note = (line: string): void => onNote?.(`${experiment.id}: ${line}`);
    const unsteady = experiment.requests === undefined ? whyUnsteady(experiment.reports!.overall) : undefined;
    if (unsteady !== undefined) {
      note(`not replayed, nothing is fitted to its reports: ${unsteady}`);
      return experiment;
    }
    note(startNote(experiment));
    const replay = reconstruct(experiment, servingContext(dataset, experiment), keepBatches);
    if (replay === undefined) note(LACKING[experiment.requests === undefined ? 'reports' : 'log']);
    return replay === undefined ? experiment : { ...experiment, replay };
  });
  return makeDataset(dataset.source, experiments, dataset.architectures, dataset.accelerators, dataset.leftOut);
}

const LACKING = {
  log: 'too few requests with known times to find their batches',
  reports: 'no stage is long enough, or has a report of its own: its batches are not known',
};

function startNote({ requests, load, steps }: Experiment): string {
  const beside = steps === undefined ? '' : ' beside its step records';
  if (requests !== undefined) return `replaying ${requests.arrivalUs.length} requests${beside} to find their batches`;
  const { stages } = load!;
  return `replaying ${stages.length === 1 ? 'its load' : `${stages.length} stages of its load`}${beside} to find the batches behind its reports`;
}
