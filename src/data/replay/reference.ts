import { CmaEs, mean, type Random } from '../../numeric/index.ts';
import { kvBytesPerToken, rankWeightBytes, type ServingContext } from '../../physics/index.ts';
import {
  type Batch,
  batchSums,
  type EngineSettings,
  type Served,
  serve,
  type ServingRequests,
  type StepTime,
} from '../../serving/index.ts';

/** What was measured of requests, µs, one entry each; NaN where not known. */
export interface MeasuredTimes {
  readonly ttftUs: Float64Array;
  /** From the first token to the last. */
  readonly decodeUs: Float64Array;
}

/** A step time that gives what was measured of a log, and what clients saw beyond it. */
export interface Reference {
  readonly stepTime: StepTime;
  /** What a client's time to first token holds beyond steps, µs. */
  readonly overheadUs: number;
}

/** Equal steps in a row that a replay times as one: the laws of steps are nearly linear in the context that grows meanwhile. */
export const REPLAY_STEPS = 32;
const GENERATIONS = 30;
const SIGMA = 0.5;
/** Shares of peak that the start values stand for. */
const START_EFFICIENCY = 0.6;
const START_FIXED_US = 2000;
const START_OVERHEAD_US = 2000;

/** Decode tokens ride on the weights that a step reads anyway: what one costs beyond is a small share of its arithmetic. */
const START_DECODE_SHARE = 0.25;

/**
 * Constants of the reference: fixed, a prefill token, a decode token, a token of context, the same once more for requests that
 * decode beside a prompt, a client; µs.
 */
type Constants = ArrayLike<number>;

/**
 * Fits a step time of five constants to a log, in closed loop. It is no model of the engine to be kept: it finds the batches.
 * The attention of one kernel for prompts and decodes together takes up to twice as long for the decodes as that for decodes
 * alone, so a prompt costs more the more context it runs beside.
 *
 * @param measured only what may be fitted on.
 */
export function fitReference(
  requests: ServingRequests,
  settings: EngineSettings,
  context: ServingContext,
  measured: MeasuredTimes,
  random: Random,
): Reference {
  const start = startValues(context);
  const at = (scales: ArrayLike<number>): Constants => start.map((value, i) => value * Math.exp(scales[i]!));
  const search = new CmaEs({ mean: start.map(() => 0), sigma: SIGMA, random });
  for (let generation = 0; generation < GENERATIONS; generation++) {
    search.tell(
      search.ask().map((scales) => {
        const constants = at(scales);
        const served = serve(requests, settings, referenceTime(constants), { equalSteps: REPLAY_STEPS });
        return errorOf(served, measured, constants[5]!);
      }),
    );
  }
  return referenceAt(at(search.best!.x));
}

/** The reference of some constants. */
export function referenceAt(constants: Constants): Reference {
  return { stepTime: referenceTime(constants), overheadUs: constants[5]! };
}

/** What the peak of the accelerator makes of the constants. */
export function startValues(context: ServingContext): readonly number[] {
  const { architecture, hardware, tensorParallelism: tp, dataParallelism } = context;
  const flopsPerUs = hardware.peakFlops * START_EFFICIENCY * tp * 1e-6;
  const bytesPerUs = hardware.memoryBandwidth * START_EFFICIENCY * tp * 1e-6;
  const weightsUs = rankWeightBytes(architecture, dataParallelism) / bytesPerUs;
  const gemmUs = (2 * architecture.parameters) / flopsPerUs;
  const contextUs = kvBytesPerToken(architecture, tp) / bytesPerUs;
  return [START_FIXED_US + weightsUs, gemmUs, START_DECODE_SHARE * gemmUs, contextUs, contextUs, START_OVERHEAD_US];
}

function referenceTime(constants: Constants): StepTime {
  return (batch) => {
    const { prefillTokens, decodeTokens } = batchSums(batch);
    const { all, decoding } = contextTokens(batch);
    return (
      constants[0]! +
      constants[1]! * prefillTokens +
      constants[2]! * decodeTokens +
      constants[3]! * all +
      (prefillTokens > 0 ? constants[4]! * decoding : 0)
    );
  };
}

function contextTokens({ count, computedTokens, outputTokens }: Batch): {
  readonly all: number;
  readonly decoding: number;
} {
  let all = 0;
  let decoding = 0;
  for (let at = 0; at < count; at++) {
    all += computedTokens[at]!;
    if (outputTokens[at]! > 0) decoding += computedTokens[at]!;
  }
  return { all, decoding };
}

/** Means of relative errors, of each request and of the means over requests; a late first token counts for less, as queues amplify it. */
function errorOf({ requests }: Served, { ttftUs, decodeUs }: MeasuredTimes, overheadUs: number): number {
  const { arrivalUs, firstTokenUs, lastTokenUs } = requests;
  const ttft: number[] = [];
  const decode: number[] = [];
  const e2e: number[] = [];
  for (let r = 0; r < arrivalUs.length; r++) {
    const first = firstTokenUs[r]! - arrivalUs[r]! + overheadUs;
    const rest = lastTokenUs[r]! - firstTokenUs[r]!;
    if (ttftUs[r]! > 0) ttft.push(Math.abs(Math.log(first / ttftUs[r]!)));
    if (decodeUs[r]! > 0) decode.push(Math.abs(Math.log(rest / decodeUs[r]!)));
    if (ttftUs[r]! > 0 && decodeUs[r]! > 0) e2e.push(Math.abs(Math.log((first + rest) / (ttftUs[r]! + decodeUs[r]!))));
  }
  const weighted = [0.3 * meanOr0(ttft), meanOr0(decode), meanOr0(e2e)];
  return weighted.reduce((sum, value) => sum + value, 0);
}

function meanOr0(values: readonly number[]): number {
  return values.length === 0 ? 0 : mean(values);
}
