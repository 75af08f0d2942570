import type { RowRange } from '../../numeric/index.ts';
import type { Prefixes, ServingRequests } from '../../serving/index.ts';
import type { Experiment, SplitName } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { splitRanges } from '../split.ts';
import { drawnLoad } from './drawn-load.ts';
import type { ClientReport, LoadProfile, LoadReports } from './load-profile.ts';
import { servedRows } from './served-rows.ts';
import { sharedTokens } from './shared-tokens.ts';
import { failedShare, whyUnsteady } from './unsteady.ts';

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

/** What tells of the clients of an experiment. */
export type Clients = Pick<Experiment, 'requests' | 'load' | 'reports' | 'blockSize' | 'steps'>;

/**
 * The load of an experiment: from its request log or, without one, drawn from what its load generator was told to send.
 *
 * @param rate how many times as fast the requests are to come.
 * @returns undefined where there is neither.
 */
export function clientLoad(clients: Clients, rate = 1): ClientLoad | undefined {
  const { requests, load, reports, blockSize } = clients;
  if (requests !== undefined) return loggedLoad(requests, sharedTokens(clients), rate);
  return load === undefined ? undefined : profileLoad(load, reports, blockSize, rate);
}

function profileLoad(
  profile: LoadProfile,
  reports: LoadReports | undefined,
  blockSize: number,
  rate: number,
): ClientLoad {
  const { requests, stages } = drawnLoad(profile, blockSize, rate);
  const all: RowRange = [0, requests.arrivalUs.length];
  return {
    requests,
    splits: { train: all, valid: all, test: [all[1], all[1]] },
    ...(reports && { reported: { overall: reports.overall, stages: stageReports(reports, stages) } }),
    assumed: [
      `requests drawn from the load profile, each prompt of ${requests.promptTokens[0]} tokens`,
      ...(reports ? assumedOfReport(reports.overall) : []),
    ],
  };
}

/** A load of one stage may have one report; other ones that do not match the stages are nobody's. */
function stageReports(
  { overall, stages }: LoadReports,
  ranges: readonly RowRange[],
): NonNullable<ClientLoad['reported']>['stages'] {
  const reports = ranges.length === 1 && stages.length === 0 ? [overall] : stages;
  if (reports.length !== ranges.length) return [];
  return ranges.map((range, at) => ({ range, report: reports[at]! }));
}

function assumedOfReport(report: ClientReport): readonly string[] {
  const { failed, completed } = report;
  const why = whyUnsteady(report);
  return [
    ...(failed > 0
      ? [`${failedShare(failed, completed)}, and no figure holds them: they are served here to their end`]
      : []),
    ...(why === undefined ? [] : [`nothing is fitted to the reports: ${why}`]),
  ];
}

function loggedLoad(log: RequestColumns, shared: number, rate: number): ClientLoad | undefined {
  const rows = servedRows(log);
  const { arrivalUs, firstTokenUs, lastTokenUs, departedUs, preemptions, cachedTokens } = log;
  const ofRows = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  if (rows.length === 0) return undefined;
  const left = arrivalUs.length - rows.length;
  return {
    requests: { ...loadOf(log, rows, rate), ...(shared > 0 && { prefixes: onePrefix(rows.length, shared) }) },
    splits: splitRanges(rows.length),
    measured: {
      firstTokenUs: ofRows(firstTokenUs),
      lastTokenUs: ofRows(lastTokenUs),
      departedUs: ofRows(departedUs),
      preemptions: ofRows(preemptions),
    },
    assumed: [
      ...(left > 0 ? [`${left} requests of unknown arrival or length left out`] : []),
      ...(shared > 0 ? [`${shared} tokens of each prompt share KV blocks: step records have so much less in use`] : []),
      ...(cachedTokens.every(Number.isNaN) ? ['no prompt is in the prefix cache: the log does not say'] : []),
    ],
  };
}

/** Nobody knows who shares with whom; most blocks are shared by many, so one beginning of all is much the same. */
function onePrefix(count: number, tokens: number): Prefixes {
  return { of: new Int32Array(count), tokens: Float64Array.of(tokens) };
}

/** The requests of some rows of a log, as an engine is to serve them. */
function loadOf(requests: RequestColumns, rows: readonly number[], rate = 1): ServingRequests {
  const { arrivalUs, promptTokens, outputTokens, cachedTokens } = requests;
  return {
    arrivalUs: Float64Array.from(rows, (row) => arrivalUs[row]! / rate),
    promptTokens: Float64Array.from(rows, (row) => promptTokens[row]!),
    outputTokens: Float64Array.from(rows, (row) => outputTokens[row]!),
    cachedTokens: Float64Array.from(rows, (row) => (cachedTokens[row]! > 0 ? cachedTokens[row]! : 0)),
  };
}
