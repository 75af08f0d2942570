import type { RowRange } from '../../numeric/index.ts';
import type { ServingRequests } from '../../serving/index.ts';
import type { Experiment, SplitName } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { splitRanges } from '../split.ts';
import type { ClientReport } from './load-profile.ts';

/** The requests that the clients of an experiment sent, and what they reported of them. */
export interface ClientLoad {
  /** All that can be served, ascending by arrival. */
  readonly requests: ServingRequests;
  /** Requests of each split: parts of a log in time. Those of a drawn load are all in `train` and in `valid`, none in `test`. */
  readonly splits: { readonly [S in SplitName]: RowRange };
  /** What was measured of each request; it holds for a rate of 1 alone. */
  readonly measured?: MeasuredRequests;
  /** What was reported of ranges of requests, where single ones were not logged. */
  readonly reported?: {
    readonly overall: ClientReport;
    readonly stages: readonly { readonly range: RowRange; readonly report: ClientReport }[];
  };
  /** What had to be assumed, or was left out; one line each. */
  readonly assumed: readonly string[];
}

/** What clients saw of requests, one entry for each; times on the clock of the arrivals, NaN where not known. */
export type MeasuredRequests = Pick<RequestColumns, 'firstTokenUs' | 'lastTokenUs' | 'departedUs' | 'preemptions'>;

/**
 * The load of an experiment, from its request log.
 *
 * @param rate how many times as fast the requests are to come.
 * @returns undefined where there is none.
 */
export function clientLoad({ requests }: Pick<Experiment, 'requests'>, rate = 1): ClientLoad | undefined {
  return requests === undefined ? undefined : loggedLoad(requests, rate);
}

function loggedLoad(log: RequestColumns, rate: number): ClientLoad | undefined {
  const rows = servedRows(log);
  const { arrivalUs, firstTokenUs, lastTokenUs, departedUs, preemptions, cachedTokens } = log;
  const ofRows = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  if (rows.length === 0) return undefined;
  const left = arrivalUs.length - rows.length;
  return {
    requests: loadOf(log, rows, rate),
    splits: splitRanges(rows.length),
    measured: {
      firstTokenUs: ofRows(firstTokenUs),
      lastTokenUs: ofRows(lastTokenUs),
      departedUs: ofRows(departedUs),
      preemptions: ofRows(preemptions),
    },
    assumed: [
      ...(left > 0 ? [`${left} requests of unknown arrival or length left out`] : []),
      ...(cachedTokens.every(Number.isNaN) ? ['no prompt is in the prefix cache: the log does not say'] : []),
    ],
  };
}

/** Rows of the log whose request can be served: its arrival and its lengths are known. */
export function servedRows({ arrivalUs, promptTokens, outputTokens }: RequestColumns): readonly number[] {
  return Array.from(arrivalUs.keys()).filter(
    (row) => Number.isFinite(arrivalUs[row]!) && promptTokens[row]! > 0 && outputTokens[row]! > 0,
  );
}

/** The requests of some rows of a log, as an engine is to serve them. */
export function loadOf(requests: RequestColumns, rows: readonly number[], rate = 1): ServingRequests {
  const { arrivalUs, promptTokens, outputTokens, cachedTokens } = requests;
  return {
    arrivalUs: Float64Array.from(rows, (row) => arrivalUs[row]! / rate),
    promptTokens: Float64Array.from(rows, (row) => promptTokens[row]!),
    outputTokens: Float64Array.from(rows, (row) => outputTokens[row]!),
    cachedTokens: Float64Array.from(rows, (row) => (cachedTokens[row]! > 0 ? cachedTokens[row]! : 0)),
  };
}
