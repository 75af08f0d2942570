import { type ClientOverheads, modelKey, NO_OVERHEADS, servingContext } from '../../data/index.ts';
import { median } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { programStepTime } from '../../serving/index.ts';
import { fitOfExperiment } from '../fits-in-use.ts';
import { objectiveError, type ObjectiveMetrics, type WeightedMetrics } from '../objectives.ts';
import { P90_WEIGHT } from '../observed-metrics.ts';
import type { RequestWeights } from '../observed-part.ts';
import type { ClosedLoopFit, GroupFit } from '../types.ts';
import { clientOverheads } from './client-overheads.ts';
import type { ClientLoop } from './client-loop.ts';
import { latencyErrors } from './latency-errors.ts';
import { type ClosedLoop, judgeLoad, serveLoad, type ServedLoad } from './simulate.ts';

/**
 * Serves the requests of all experiments once with constants that stay what they are: where steps were recorded these say how long they
 * take, and only what clients see beyond them is left to find.
 *
 * @throws RangeError where some batch has no time under the constants.
 */
export function serveFitted(program: Program, fits: readonly GroupFit[], data: ClientLoop): ClosedLoopFit {
  const { dataset, scope, contexts } = data;
  const all = dataset.experiments.flatMap((experiment): readonly InGroup[] => {
    const fit = fitOfExperiment(fits, { id: experiment.id, modelKey: modelKey(experiment) }, scope);
    if (fit === undefined) return [];
    const stepTime = programStepTime(program, fit.constants, servingContext(dataset, experiment), contexts);
    const served = serveLoad(dataset, experiment, { stepTime });
    return served === undefined ? [] : [{ group: fit.group, served }];
  });
  const known = fits.map((fit): GroupFit => {
    const own = all.filter(({ group }) => group === fit.group);
    return own.length === 0 ? fit : { ...fit, overheads: overheadsOf(own) };
  });
  const judged = (split: 'train' | 'valid'): readonly ClosedLoop[] =>
    all.flatMap(({ group, served }) => {
      const { overheads = NO_OVERHEADS } = known.find((fit) => fit.group === group)!;
      return judgeLoad(served, overheads, split) ?? [];
    });
  const valid = judged('valid');
  const errorOf = (loops: readonly ClosedLoop[]): number =>
    objectiveError(
      'replay',
      loops.map((loop) => metricsOf(loop, data.requestWeights)),
    );
  return {
    fits: known,
    rounds: 1,
    converged: true,
    saturated: valid.filter(({ saturated }) => saturated).map(({ id }) => id),
    error: errorOf(judged('train')),
    validationError: errorOf(valid),
    latencies: latencyErrors(valid, []),
  };
}

interface InGroup {
  readonly group: string;
  readonly served: ServedLoad;
}

/** Of training requests; the median over experiments. */
function overheadsOf(own: readonly InGroup[]): ClientOverheads {
  const found = own.map(({ served: { load, served } }) => clientOverheads(load, served.requests, load.splits.train));
  return {
    requestUs: median(found.map(({ requestUs }) => requestUs)),
    completionUs: median(found.map(({ completionUs }) => completionUs)),
    tokenUs: median(found.map(({ tokenUs }) => tokenUs)),
  };
}

/** What the objective goes by: errors of means and, by half, of 90th percentiles. */
function metricsOf({ error }: ClosedLoop, weights: RequestWeights): WeightedMetrics<ObjectiveMetrics> {
  let sum = 0;
  let total = 0;
  for (const kind of ['e2e', 'itl', 'ttft'] as const) {
    const own = error?.[kind];
    if (own === null || own === undefined) continue;
    sum += weights[kind] * (Math.abs(own.mean) + P90_WEIGHT * Math.abs(own.p90));
    total += weights[kind] * (1 + P90_WEIGHT);
  }
  const of = (kind: 'e2e' | 'itl' | 'ttft', figure: 'mean' | 'p90'): number => Math.abs(error?.[kind]?.[figure] ?? 0);
  return {
    metrics: {
      mape: of('e2e', 'mean'),
      e2eBlockError: of('e2e', 'mean'),
      requests: {
        replayError: total > 0 ? sum / total : 0,
        ttftError: of('ttft', 'mean'),
        itlError: of('itl', 'mean'),
        e2eP90Error: of('e2e', 'p90'),
        ttftP90Error: of('ttft', 'p90'),
        itlP90Error: of('itl', 'p90'),
      },
    },
    weight: 1,
  };
}
