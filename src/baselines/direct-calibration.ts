import type { MeasuredLatency } from '../data/index.ts';
import { fittedProgram, shippedProgram } from './fitted-program.ts';
import { groupParts, SCOPE_WORDS } from './groups.ts';
import { ordinaryLeastSquares } from './linear.ts';
import type { Predictor } from './predictor.ts';
import type { LabelledRows } from './rows.ts';
import type { Program } from '../program/index.ts';

const LINE: Program = shippedProgram(`
/** Direct calibration: a base time and a price for each decode token. */
export const constants = { beta0Us: 10000, beta2Us: 50 };
export function predictStepTime(batch, c) {
  return c.beta0Us + c.beta2Us * batch.decodeTokens;
}
`);

const SCOPE = 'model';

/**
 * β0 and β2 without a single step time: a request's time after its first token is one step for each further token, so
 * (E2E − TTFT) / (output length − 1) is the mean step time as decoding requests meet it, at the mean batch that they meet. A line
 * through the experiments of a model gives both; a slope below zero, or a single experiment, gives a constant time.
 *
 * Latencies are means over training requests where each was logged. Elsewhere they are the clients' means over the whole run, and this
 * one predictor has seen outcomes of the test period; batch sizes are those of training rows.
 */
export function directCalibration(): Predictor {
  return {
    name: 'direct-calibration',
    description: 'β0 and β2 from measured E2E, TTFT and output length',
    fittedOn: `clients' means (of train where requests were logged, else of the whole run) and batch sizes of train, ${SCOPE_WORDS[SCOPE]}`,
    fit: ({ train, measured }) => {
      const fits = [...groupParts(train, SCOPE)].flatMap(([group, parts]) => {
        const points = parts.flatMap((part) => {
          const stepUs = meanStepUs(measured.get(part.experiment.id));
          const batch = meanDecodeBatch(part);
          return stepUs !== undefined && Number.isFinite(batch) ? [{ batch, stepUs }] : [];
        });
        return points.length === 0 ? [] : [{ group, constants: lineThrough(points) }];
      });
      const single = fits.filter(({ constants }) => constants.beta2Us === 0).map(({ group }) => group);
      const notes = single.length > 0 ? [`no slope to be had for ${single.join(', ')}: a constant time`] : [];
      return fittedProgram(LINE, fits, SCOPE, notes);
    },
  };
}

function meanStepUs(latency: MeasuredLatency | undefined): number | undefined {
  if (latency === undefined || !(latency.meanOutputTokens > 1)) return undefined;
  const us = (1000 * (latency.e2eMs - latency.ttftMs)) / (latency.meanOutputTokens - 1);
  return us > 0 ? us : undefined;
}

/** Decode tokens of the batch in which a decoding request finds itself: batches weighted by their requests. */
function meanDecodeBatch({ steps }: LabelledRows): number {
  let weighted = 0;
  let requests = 0;
  for (let row = 0; row < steps.stepId.length; row++) {
    weighted += steps.decodeRequests[row]! * steps.decodeTokens[row]!;
    requests += steps.decodeRequests[row]!;
  }
  return weighted / requests;
}

function lineThrough(points: readonly { readonly batch: number; readonly stepUs: number }[]): {
  readonly beta0Us: number;
  readonly beta2Us: number;
} {
  const y = Float64Array.from(points, ({ stepUs }) => stepUs);
  const { intercept, coefficients } = ordinaryLeastSquares([Float64Array.from(points, ({ batch }) => batch)], y);
  if (points.length > 1 && coefficients[0]! > 0 && intercept > 0)
    return { beta0Us: intercept, beta2Us: coefficients[0]! };
  return { beta0Us: y.reduce((sum, value) => sum + value, 0) / y.length, beta2Us: 0 };
}
