import { UserError } from '../../base/index.ts';
import { median } from '../../numeric/index.ts';
import { STEP_COLUMNS, type StepColumn, type StepColumns } from '../../physics/index.ts';

/** Units of time that people log in, in nanoseconds. */
const UNITS: readonly (readonly [name: string, ns: number])[] = [
  ['seconds', 1e9],
  ['milliseconds', 1e6],
  ['microseconds', 1e3],
];
/** Two clocks may disagree by this factor before their units are in doubt; neighbouring units are a factor of 1000 apart. */
const DOUBT = 30;

/** Names that the columns have in their source. */
type NameOf = (column: StepColumn) => string;

/** What holds in each record, whatever the engine: a request that takes part computes a token at least. */
const SUMS: readonly {
  readonly columns: readonly [StepColumn, StepColumn, ...StepColumn[]];
  readonly holds: (steps: StepColumns, row: number) => boolean;
  readonly words: string;
}[] = [
  {
    columns: ['scheduledTokens', 'prefillTokens', 'decodeTokens'],
    holds: (steps, row) => steps.scheduledTokens[row] === steps.prefillTokens[row]! + steps.decodeTokens[row]!,
    words: 'scheduled tokens are not the sum of prefill and decode tokens',
  },
  {
    columns: ['prefillTokens', 'prefillRequests'],
    holds: (steps, row) => steps.prefillTokens[row]! >= steps.prefillRequests[row]!,
    words: 'fewer tokens are prefilled than requests prefill',
  },
  {
    columns: ['decodeTokens', 'decodeRequests'],
    holds: (steps, row) => steps.decodeTokens[row]! >= steps.decodeRequests[row]!,
    words: 'fewer tokens are decoded than requests decode',
  },
];

/**
 * Refuses step records whose columns contradict each other in most records: times in another unit than their name says, or
 * columns that were taken for one another. A few odd records are none of its business.
 *
 * @throws UserError that names the columns and, for times, the likely unit.
 */
export function refuseContradictions(steps: StepColumns, file: string, nameOf: NameOf): void {
  refuseUnits(steps, file, nameOf);
  refuseUsage(steps, file, nameOf);
  const rows = steps.stepId.length;
  for (const { columns, holds, words } of SUMS) {
    const isKnown = (row: number): boolean => columns.every((column) => !Number.isNaN(steps[column][row]));
    const odd = steps.stepId.reduce((count, _, row) => count + (isKnown(row) && !holds(steps, row) ? 1 : 0), 0);
    if (odd <= rows / 2) continue;
    throw contradiction(
      file,
      columns.map(nameOf),
      `in ${odd} of ${rows} records ${words}`,
      'Look whether the columns were mixed up',
    );
  }
}

/** Start and end of a step against its duration: both are logged, in nanoseconds and microseconds. */
function refuseUnits({ startNs, endNs, durationUs }: StepColumns, file: string, nameOf: NameOf): void {
  const ratios = Array.from(startNs, (start, row) => (endNs[row]! - start) / (1000 * durationUs[row]!)).filter(
    (ratio) => ratio >= 0 && Number.isFinite(ratio),
  );
  const passed = ratios.filter((one) => one > 0);
  if (passed.length === 0) return;
  // Of times in a unit that is longer than a step most differences round to nothing; their mean does not.
  const isRounded = 2 * passed.length < ratios.length;
  const ratio = isRounded ? passed.reduce((total, one) => total + one, 0) / ratios.length : median(passed);
  if (ratio > 1 / DOUBT && ratio < DOUBT) return;
  const isNear = (factor: number): boolean => ratio * factor > 1 / DOUBT && ratio * factor < DOUBT;
  const timestamps = UNITS.find(([, ns]) => isNear(ns));
  // A duration that is too long by 1000 is one in nanoseconds; one in a longer unit is too short.
  const duration = isNear(1000) ? 'nanoseconds' : UNITS.find(([, ns]) => isNear(1000 / ns))?.[0];
  const likely = [
    timestamps && `the timestamps are in ${timestamps[0]}`,
    duration && `the durations are in ${duration}`,
  ].filter((guess) => guess !== undefined);
  const columns = [STEP_COLUMNS.startNs, STEP_COLUMNS.endNs, STEP_COLUMNS.durationUs].join(', ');
  throw contradiction(
    file,
    (['startNs', 'endNs', 'durationUs'] as const).map(nameOf),
    `the time from start to end is ${ratio.toPrecision(2)} times the duration${likely.length > 0 ? `: likely ${likely.join(', or ')}` : ''}`,
    `Give ${columns} in nanoseconds, nanoseconds and microseconds`,
  );
}

/** A share in percent is 100 times one of blocks; rounding and blocks that are kept for caching blur both. */
const PERCENT = [50, 200] as const;
/** Shares that differ by less agree. */
const SHARE_TOLERANCE = 0.1;

/** The share of the cache in use against the blocks of it. */
function refuseUsage({ kvUsageRatio, kvBlocksTotal, kvBlocksFree }: StepColumns, file: string, nameOf: NameOf): void {
  const rows = Int32Array.from(kvUsageRatio, (_, row) => row).filter((row) => kvUsageRatio[row]! > 0);
  if (rows.length === 0) return;
  const shares = Float64Array.from(rows, (row) => kvUsageRatio[row]!);
  const free = Float64Array.from(rows, (row) => kvBlocksFree[row]! / kvBlocksTotal[row]!);
  const ratio = median(shares.map((share, at) => share / (1 - free[at]!)));
  const isPercent = ratio > PERCENT[0] && ratio < PERCENT[1] && shares.some((share) => share > 1);
  if (isPercent || median(shares) > 1) {
    throw contradiction(
      file,
      [nameOf('kvUsageRatio')],
      `the share of the KV cache in use is ${median(shares).toPrecision(2)}, likely in percent`,
      `Give ${STEP_COLUMNS.kvUsageRatio} as a share from 0 to 1`,
    );
  }
  const apart = (other: (at: number) => number): number =>
    median(shares.map((share, at) => Math.abs(share - other(at))));
  const apartFromFree = apart((at) => free[at]!);
  if (!(apartFromFree < SHARE_TOLERANCE && apart((at) => 1 - free[at]!) > 3 * SHARE_TOLERANCE)) return;
  throw contradiction(
    file,
    (['kvUsageRatio', 'kvBlocksFree', 'kvBlocksTotal'] as const).map(nameOf),
    `the share of the KV cache in use is that of its free blocks: likely they are the blocks in use`,
    `Give the free blocks in ${STEP_COLUMNS.kvBlocksFree}`,
  );
}

function contradiction(file: string, columns: readonly string[], problem: string, mend: string): UserError {
  const at = `columns ${columns.map((name) => `\`${name}\``).join(', ')}`;
  return new UserError({ code: 'data.contradicting-columns', place: { file, at }, problem, mend });
}
