import { servingContext } from '../context.ts';
import type { Dataset } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import { reconstruct } from './reconstruct.ts';

/** The dataset with the batches of every request log that has no step records beside it. */
export function withReplays(dataset: Dataset, onNote?: (line: string) => void): Dataset {
  const lacks = dataset.experiments.filter(
    ({ steps, requests, replay }) => steps === undefined && requests !== undefined && replay === undefined,
  );
  if (lacks.length === 0) return dataset;
  const experiments = dataset.experiments.map((experiment) => {
    if (!lacks.includes(experiment)) return experiment;
    onNote?.(`${experiment.id}: replaying ${experiment.requests!.arrivalUs.length} requests to find their batches`);
    const replay = reconstruct(experiment, servingContext(dataset, experiment));
    if (replay === undefined) onNote?.(`${experiment.id}: too few requests with known times to find their batches`);
    return replay === undefined ? experiment : { ...experiment, replay };
  });
  return makeDataset(dataset.source, experiments, dataset.architectures);
}
