import { type ClientOverheads, type Dataset, type Experiment, NO_OVERHEADS } from '../../data/index.ts';
import { clientOverheads, serveLoad } from '../../evaluate/index.ts';
import { median } from '../../numeric/index.ts';
import { loopErrors, type LoopErrors } from '../closed-loop/score.ts';
import { serveExperiments, timingOf } from '../closed-loop/serve-experiments.ts';
import type { Grouped } from '../groups.ts';
import type { FittedPredictor } from '../predictor.ts';
import { whereOf } from '../rows.ts';

/**
 * What was held out, in closed loop: its requests are served with constants that saw nothing of it. What its clients see beyond
 * steps is what those of other experiments do, of the same model where there are some; the median of each part.
 */
export function heldOutLoops(
  dataset: Dataset,
  heldOut: readonly Experiment[],
  others: readonly Experiment[],
  predictorFor: (where: Grouped) => FittedPredictor,
): readonly LoopErrors[] {
  const predictorOf = (experiment: Experiment): FittedPredictor => predictorFor(whereOf(dataset, experiment));
  const known = new Map<Experiment, ClientOverheads>();
  const overheadsOf = (experiment: Experiment): ClientOverheads => {
    const own = known.get(experiment) ?? overheadsIn(dataset, experiment, predictorOf(experiment));
    known.set(experiment, own);
    return own;
  };
  return heldOut.flatMap((experiment) => {
    const key = whereOf(dataset, experiment).modelKey;
    const alike = others.filter((other) => whereOf(dataset, other).modelKey === key);
    const peers = (alike.length > 0 ? alike : others).map(overheadsOf);
    return serveExperiments(dataset, [experiment], predictorOf(experiment), () => medianOf(peers)).loops.map(
      loopErrors,
    );
  });
}

/** What the clients of an experiment that was fitted on saw beyond its steps. */
function overheadsIn(dataset: Dataset, experiment: Experiment, fitted: FittedPredictor): ClientOverheads {
  if (experiment.replay !== undefined) return experiment.replay.overheads;
  const timing = timingOf(dataset, experiment, fitted);
  if (timing === undefined) return NO_OVERHEADS;
  if (timing.overheads !== undefined) return timing.overheads;
  try {
    const served = serveLoad(dataset, experiment, timing);
    if (served === undefined) return NO_OVERHEADS;
    return clientOverheads(served.load, served.served.requests, served.load.splits.train);
  } catch (error) {
    // No number for some batch: nothing can be said of what lies beyond it.
    if (error instanceof RangeError) return NO_OVERHEADS;
    throw error;
  }
}

function medianOf(peers: readonly ClientOverheads[]): ClientOverheads {
  if (peers.length === 0) return NO_OVERHEADS;
  const of = (name: keyof ClientOverheads): number => median(peers.map((overheads) => overheads[name]));
  return { requestUs: of('requestUs'), completionUs: of('completionUs'), tokenUs: of('tokenUs') };
}
