import { type ClientOverheads, type Dataset, NO_OVERHEADS } from '../../data/index.ts';
import { clientOverheads, type ClosedLoop, judgeLoad, serveLoad } from '../../evaluate/index.ts';
import { mean, median } from '../../numeric/index.ts';
import { wasSaturated } from '../closed-loop/saturated.ts';
import { timingOf, withClients } from '../closed-loop/serve-experiments.ts';
import type { FittedPredictor } from '../predictor.ts';
import { openRows, trainingData } from '../rows.ts';
import { fitRoofline, fitTrainedPhysics, timedBatches } from './fit.ts';
import { blisRooflineWith, trainedPhysicsWith } from './predictors.ts';
import { ROOFLINE_SHARES, type RooflineShares } from './roofline.ts';
import { TRAINED_PHYSICS_ALPHA, TRAINED_PHYSICS_BETA } from './trained-physics.ts';

/** Formulas of BLIS whose constants can be fitted. */
export type BlisForm = 'trained-physics' | 'roofline';

/** Mean absolute errors, percent; null where nothing tells. */
export interface FormErrors {
  /** Of step times, over validation rows, each experiment of equal weight. */
  readonly steps: number | null;
  /** Of mean latencies in closed loop, over experiments with clients that a server kept up with: validation requests, or their report. */
  readonly e2e: number | null;
  /** The same of the time to the first token. */
  readonly ttft: number | null;
  /** The same of the time between tokens. */
  readonly itl: number | null;
}

/** A formula with constants of its own. */
export interface RefittedForm {
  /** Which. */
  readonly form: BlisForm;
  /** Training rows that it was fitted on. */
  readonly rows: number;
  /** The better ones on validation data, by E2E where clients are known: a formula may be too far off for its constants to mend it. */
  readonly chosen: 'shipped' | 'refitted';
  /** Those that were chosen. */
  readonly constants: FormConstants;
  /** With the constants that BLIS ships. */
  readonly shipped: FormErrors;
  /** With the fitted ones. */
  readonly refitted: FormErrors;
}

/** As BLIS takes them. */
export interface FormConstants {
  /** µs before a request is queued, µs after its last token, µs for each output token. */
  readonly alpha: readonly [number, number, number];
  /** Of trained-physics; null of roofline. */
  readonly beta: readonly number[] | null;
  /** Of roofline; null of trained-physics. */
  readonly shares: RooflineShares | null;
}

/**
 * Fits the constants of a formula of BLIS to training rows, and what clients see beyond steps to training requests in closed loop.
 * Test rows are not opened.
 *
 * @returns undefined where no training row has a step time and a deployment that BLIS can serve.
 */
export function refitForm(dataset: Dataset, form: BlisForm): RefittedForm | undefined {
  const { train } = trainingData(dataset, 'cycle');
  const batches = timedBatches(train);
  if (batches.length === 0) return undefined;
  const [requestUs, completionUs, tokenUs] = TRAINED_PHYSICS_ALPHA;
  // Roofline has no overheads of its own.
  const isRoofline = form === 'roofline';
  const shippedOverheads = isRoofline ? NO_OVERHEADS : { requestUs, completionUs, tokenUs };
  const beta = isRoofline ? null : fitTrainedPhysics(batches);
  const shares = isRoofline ? fitRoofline(batches) : null;
  const fitted = shares === null ? trainedPhysicsWith(beta!) : blisRooflineWith(shares);
  const alpha = overheadsOf(dataset, fitted);
  const shipped = errorsOf(
    dataset,
    isRoofline ? blisRooflineWith(ROOFLINE_SHARES) : trainedPhysicsWith(TRAINED_PHYSICS_BETA),
    shippedOverheads,
  );
  const refitted = errorsOf(dataset, fitted, alpha);
  const error = ({ e2e, steps }: FormErrors): number => e2e ?? steps ?? 0;
  const chosen = error(refitted) <= error(shipped) ? 'refitted' : 'shipped';
  const shippedConstants: FormConstants = {
    alpha: asAlpha(shippedOverheads),
    beta: isRoofline ? null : TRAINED_PHYSICS_BETA,
    shares: isRoofline ? ROOFLINE_SHARES : null,
  };
  return {
    form,
    rows: batches.length,
    chosen,
    constants: chosen === 'refitted' ? { alpha: asAlpha(alpha), beta, shares } : shippedConstants,
    shipped,
    refitted,
  };
}

function asAlpha({ requestUs, completionUs, tokenUs }: ClientOverheads): readonly [number, number, number] {
  return [requestUs, completionUs, tokenUs];
}

/** The median over the experiments whose clients are known; nothing where there are none. */
function overheadsOf(dataset: Dataset, fitted: FittedPredictor): ClientOverheads {
  const all = withClients(dataset)
    .filter((experiment) => !wasSaturated(experiment))
    .flatMap((experiment) => {
      const timing = timingOf(dataset, experiment, fitted);
      const served = timing && serveLoad(dataset, experiment, timing);
      return served === undefined
        ? []
        : [clientOverheads(served.load, served.served.requests, served.load.splits.train)];
    });
  const of = (name: keyof ClientOverheads): number => (all.length === 0 ? 0 : median(all.map((each) => each[name])));
  return { requestUs: of('requestUs'), completionUs: of('completionUs'), tokenUs: of('tokenUs') };
}

function errorsOf(dataset: Dataset, fitted: FittedPredictor, overheads: ClientOverheads): FormErrors {
  const steps = openRows(dataset, 'cycle', 'valid').flatMap((rows) => {
    const times = fitted.predict(rows);
    return times === undefined ? [] : [100 * mean(rows.y.map((y, at) => Math.abs(times[at]! - y) / y))];
  });
  const loops = withClients(dataset)
    .filter((experiment) => !wasSaturated(experiment))
    .flatMap((experiment): readonly ClosedLoop[] => {
      const timing = timingOf(dataset, experiment, fitted);
      const served = timing && serveLoad(dataset, experiment, timing);
      const loop = served && judgeLoad(served, overheads, 'valid');
      return loop === undefined ? [] : [loop];
    });
  const average = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values));
  const latency = (name: 'e2e' | 'ttft' | 'itl'): number | null =>
    average(loops.flatMap(({ error }) => (error?.[name] ? [Math.abs(error[name].mean)] : [])));
  return { steps: average(steps), e2e: latency('e2e'), ttft: latency('ttft'), itl: latency('itl') };
}
