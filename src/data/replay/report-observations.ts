import type { RowRange } from '../../numeric/index.ts';
import { clientLoad, type Clients } from '../clients/client-load.ts';
import type { ClientReport } from '../clients/load-profile.ts';
import type { SplitName } from '../dataset.ts';
import { OBSERVED, type Observed } from '../table.ts';
import type { SplitObservations } from './observations.ts';
import type { Replay } from './replay.ts';

/** What a report says of one kind, as sums over steps, µs. */
interface Reported {
  readonly mean: number;
  readonly p90: number;
}

interface Observation {
  readonly kind: Observed;
  readonly start: number;
  readonly head: number;
  readonly end: number;
  readonly report: number;
  readonly of: Reported;
  readonly tokens: number;
}

/**
 * The observations of reports: of each request that was replayed for one, its time to first token, from there to its last, and both
 * together, each with the mean that was reported of its stage. They train and they validate; nobody is tested on them.
 */
export function observationsOfReports(
  clients: Clients,
  replay: Replay,
  splits: readonly SplitName[],
): SplitObservations {
  const { requests, reported } = clientLoad(clients)!;
  const all = (reported?.stages ?? []).flatMap(({ range, report }, stage) => {
    const outputs = requests.outputTokens[range[0]]!;
    const of = sumsOf(report, replay, outputs);
    return Array.from({ length: range[1] - range[0] }, (_, at) =>
      ofRequest(replay, range[0] + at, stage, of, outputs),
    ).flat();
  });
  const isTrained = splits.includes('train');
  const isValidated = splits.includes('valid');
  const found = isTrained || isValidated ? all : [];
  const training: RowRange = [0, replay.counts.length];
  const rows: RowRange = found.length === 0 ? [0, 0] : training;
  const range: RowRange = [0, found.length];
  const nothing: RowRange = [found.length, found.length];
  return {
    observations: {
      kind: Uint8Array.from(found, ({ kind }) => OBSERVED.indexOf(kind)),
      start: Int32Array.from(found, ({ start }) => start),
      head: Float64Array.from(found, ({ head }) => head),
      end: Int32Array.from(found, ({ end }) => end),
      y: Float64Array.from(found, ({ of }) => of.mean),
      tokens: Float64Array.from(found, ({ tokens }) => tokens),
      reports: {
        of: Int32Array.from(found, ({ report }) => report),
        p90: Float64Array.from(found, ({ of }) => of.p90),
      },
    },
    ranges: { train: isTrained ? range : [0, 0], valid: isValidated ? range : nothing, test: nothing },
    rows,
    counts: {
      train: isTrained ? rows[1] : 0,
      valid: isTrained ? 0 : rows[1],
      test: 0,
    },
    training,
  };
}

/** A report without what clients see beyond steps. */
function sumsOf(
  { ttftMs, itlMs, e2eMs }: ClientReport,
  { overheads: { requestUs, tokenUs } }: Replay,
  outputTokens: number,
): { readonly [K in Observed]: Reported } {
  const sums = (ms: Reported, factor: number, beyondUs: number): Reported => ({
    mean: 1000 * factor * ms.mean - beyondUs,
    p90: 1000 * factor * ms.p90 - beyondUs,
  });
  const decodes = outputTokens - 1;
  return {
    ttft: sums(ttftMs, 1, requestUs + tokenUs),
    itl: sums(itlMs, decodes, decodes * tokenUs),
    e2e: sums(e2eMs, 1, requestUs + outputTokens * tokenUs),
  };
}

function ofRequest(
  replay: Replay,
  request: number,
  report: number,
  of: { readonly [K in Observed]: Reported },
  outputTokens: number,
): readonly Observation[] {
  const arrival = replay.arrivalRow[request] ?? -1;
  const first = replay.firstTokenRow[request] ?? -1;
  const last = replay.lastTokenRow[request] ?? -1;
  if (arrival < 0 || first < 0 || last < 0) return [];
  const head = replay.arrivalHead[request]!;
  const after = replay.counts[first + 1] ?? 0;
  const all: readonly Observation[] = [
    { kind: 'ttft', start: arrival, head, end: first + 1, report, of: of.ttft, tokens: 1 },
    { kind: 'itl', start: first + 1, head: after, end: last + 1, report, of: of.itl, tokens: outputTokens - 1 },
    { kind: 'e2e', start: arrival, head, end: last + 1, report, of: of.e2e, tokens: outputTokens },
  ];
  return all.filter(({ start, end, of: { mean, p90 } }) => mean > 0 && p90 > 0 && end > start);
}
