import { quantile, type RowRange } from '../../numeric/index.ts';
import type { ClientLoad } from '../clients/client-load.ts';
import type { ClientReport } from '../clients/load-profile.ts';
import { whyUnsteady } from '../clients/unsteady.ts';
import type { SplitName } from '../dataset.ts';
import { SPLITS } from '../split.ts';

/** Requests that are served from an empty engine on, and those among them that are looked at. */
export interface ReplayWindow {
  readonly served: RowRange;
  readonly observed: RowRange;
  /** What was reported of requests such as the observed ones. */
  readonly report?: ClientReport;
}

/** Fewer requests with times say too little of an engine. */
export const LEAST_REQUESTS = 20;
/** Requests of a stage that are looked at: at random arrivals batches are uneven, and fewer would not have the mean of the stage. */
const OF_STAGE = 300;
/** Windows of each split of a log beside step records, and requests in each of them. */
const OF_SPLIT: { readonly [S in SplitName]: number } = { train: 3, valid: 1, test: 1 };
const OF_WINDOW = 40;
/** An engine is as full as it will be when the first requests leave; so many of their times are waited for, before and after. */
const LEAD = 1.5;

/**
 * What of a load is replayed: all of a log, where it alone tells of the engine; windows of each split of a long log beside step
 * records, which tell most; of a drawn load a window in each stage whose report holds figures of a steady state, behind the first
 * turn of the prompts.
 *
 * @param hasSteps whether there are step records.
 * @param turn prompts that a drawn load sends before the first one comes again.
 */
export function replayWindows(load: ClientLoad, hasSteps: boolean, turn: number): readonly ReplayWindow[] {
  const count = load.requests.arrivalUs.length;
  if (load.measured === undefined) return stageWindows(load, turn);
  const whole: ReplayWindow = { served: [0, count], observed: [0, count] };
  const leadUs = LEAD * usualE2eUs(load);
  if (!hasSteps || count <= 5 * OF_WINDOW || !Number.isFinite(leadUs)) return [whole];
  return SPLITS.flatMap((split) =>
    spread(load.requests.arrivalUs, load.splits[split], OF_SPLIT[split]).map((observed) =>
      around(load, observed, leadUs, [0, count]),
    ),
  );
}

function stageWindows(load: ClientLoad, turn: number): readonly ReplayWindow[] {
  return (load.reported?.stages ?? []).flatMap(({ range, report }) => {
    if (whyUnsteady(report) !== undefined) return [];
    const { arrivalUs } = load.requests;
    const leadUs = LEAD * 1000 * report.e2eMs.mean;
    const first = firstFrom(arrivalUs, arrivalUs[range[0]]! + leadUs);
    const start = Math.max(first, Math.min(turn, range[1]));
    const last = firstFrom(arrivalUs, arrivalUs[range[1] - 1]! - leadUs);
    const observed: RowRange = [start, Math.min(start + OF_STAGE, last)];
    if (observed[1] - observed[0] < LEAST_REQUESTS) return [];
    return [{ ...around(load, observed, leadUs, range), report }];
  });
}

/** @param within requests that may be served. */
function around(
  { requests: { arrivalUs } }: ClientLoad,
  observed: RowRange,
  leadUs: number,
  within: RowRange,
): ReplayWindow {
  const from = firstFrom(arrivalUs, arrivalUs[observed[0]]! - leadUs);
  const to = firstFrom(arrivalUs, arrivalUs[observed[1] - 1]! + leadUs);
  return {
    served: [Math.max(within[0], from), Math.min(within[1], Math.max(to, observed[1]))],
    observed,
  };
}

/**
 * Windows evenly over the time of a range, so that a burst of requests does not stand for all; the whole range where it is no longer
 * than they are.
 */
function spread(arrivalUs: Float64Array, [start, end]: RowRange, windows: number): readonly RowRange[] {
  const length = end - start;
  if (length <= windows * OF_WINDOW) return length > 0 ? [[start, end]] : [];
  const [firstUs, lastUs] = [arrivalUs[start]!, arrivalUs[end - 1]!];
  let from = start;
  return Array.from({ length: windows }, (_, at): RowRange => {
    const middle = firstFrom(arrivalUs, firstUs + ((at + 0.5) / windows) * (lastUs - firstUs));
    const last = end - (windows - at) * OF_WINDOW;
    const own = Math.min(Math.max(from, middle - OF_WINDOW / 2), last);
    from = own + OF_WINDOW;
    return [own, from];
  });
}

/** The time to the last token that nine of ten training requests keep below, µs; NaN where it is not known. */
function usualE2eUs({ requests, measured, splits }: ClientLoad): number {
  const [start, end] = splits.train;
  const known = Array.from(
    { length: end - start },
    (_, at) => measured!.lastTokenUs[start + at]! - requests.arrivalUs[start + at]!,
  ).filter((us) => us > 0);
  return known.length === 0 ? Number.NaN : quantile(known, 0.9);
}

/** The first request that arrives at a time or later; their number where none does. */
function firstFrom(arrivalUs: Float64Array, us: number): number {
  const at = arrivalUs.findIndex((arrival) => arrival >= us);
  return at < 0 ? arrivalUs.length : at;
}
