import type { StepColumn, StepColumns } from '../../physics/index.ts';
import { refuseBadCells } from './bad-cells.ts';
import { COLUMN_NAMES, READ_COLUMNS, READ_NAMES, type ReadColumn } from './column-names.ts';
import { refuseContradictions } from './contradictions.ts';
import { deriveColumns, refuseMissing } from './derived-columns.ts';
import { type Locate, type RawColumns, recordedColumns, type SourceColumn } from './raw-columns.ts';
import { engineLabels, orderedRecords } from './ordered-records.ts';

const TIMESTAMPS: ReadonlySet<ReadColumn> = new Set(['startNs', 'endNs']);

/** Places in a file whose records have no lines. `numbers` are those of the records in it where they are not all given. */
export function locateRecord(file: string, numbers?: readonly number[]): Locate {
  return (row, column) => ({ file, at: `column \`${column}\`, record ${(numbers?.[row] ?? row) + 1}` });
}

/** Step records in the project's form. */
export interface OrderedSteps {
  readonly steps: StepColumns;
  /** Which record of the source each row is. */
  readonly records: Int32Array;
  /** What was subtracted from timestamps, ns. */
  readonly originNs: number;
  /** Engine of each row, from 0; absent where there is one. */
  readonly engines?: Float64Array;
  /** Records that were there before with equal content. */
  readonly duplicates: number;
}

/** The step records alone, see {@link orderedSteps}. */
export function stepColumns(raw: RawColumns, file: string, locate: Locate): StepColumns {
  return orderedSteps(raw, file, locate).steps;
}

/**
 * Checks step records and puts them in the project's form: one `Float64Array` a column, ascending by step id; those of several
 * engines ascend by start time. Column names are the BATCH_SUMMARY attributes (`step.id`) or the project's own (`stepId`). What is
 * missing is worked out from other columns where it follows from them, else it is NaN in every row: tokens and requests of either
 * phase and a time are needed, all else is not. Columns such as `engine` or `dp_rank` say which engine a record is of; see
 * {@link separateEngines} for what else does. A record that is there twice with equal content (an exporter that sent it again) is
 * kept once.
 *
 * @param locate names the place of a cell.
 * @throws UserError where what is needed is missing, a cell is not a non-negative number or a count no integer, more blocks are
 *   free than there are, columns contradict each other, or two records of an engine share an id.
 */
export function orderedSteps(raw: RawColumns, file: string, locate: Locate): OrderedSteps {
  refuseMissing(recordedColumns(raw), raw, file);
  return readSteps(raw, file, locate, deriveColumns);
}

/**
 * The same of records that were stored: they have all that there is, and nothing is worked out.
 *
 * @param engines of each record.
 */
export function storedSteps(raw: RawColumns, file: string, locate: Locate, engines: ArrayLike<number>): OrderedSteps {
  return readSteps(raw, file, locate, () => {}, engines);
}

function readSteps(
  raw: RawColumns,
  file: string,
  locate: Locate,
  complete: typeof deriveColumns,
  known?: ArrayLike<number>,
): OrderedSteps {
  const sources = recordedColumns(raw);
  refuseBadCells(sources, locate);
  const rows = [...sources.values()][0]?.cells.length ?? 0;
  const origin = timestampOrigin(sources.get('startNs'));
  const columns = new Map(
    [...sources].map(([name, { cells }]) => {
      if (cells instanceof Float64Array) return [name, cells];
      const offset = TIMESTAMPS.has(name) ? origin : 0n;
      return [name, Float64Array.from(cells, (cell) => numberOf(cell, offset))];
    }),
  );
  complete(columns, rows);
  for (const name of COLUMN_NAMES) if (!columns.has(name)) columns.set(name, new Float64Array(rows).fill(Number.NaN));
  const read = Object.fromEntries(columns) as unknown as StepColumns;
  refuseContradictions(read, file, (name: StepColumn) => sources.get(name)?.key ?? READ_COLUMNS[name]);
  const { records, engines, duplicates } = orderedRecords(read, engineLabels(raw), file, known);
  const steps = Object.freeze(
    Object.fromEntries(
      READ_NAMES.flatMap((name) => {
        const column = columns.get(name);
        return column === undefined ? [] : [[name, Float64Array.from(records, (row) => column[row]!)]];
      }),
    ),
  ) as unknown as StepColumns;
  return { steps, records, originNs: Number(origin), duplicates, ...(engines && { engines }) };
}

/** Nanoseconds of a wall clock do not fit a double; such timestamps are counted from the earliest one. */
function timestampOrigin(starts: SourceColumn | undefined): bigint {
  if (starts?.cells instanceof Float64Array) return 0n;
  const cells = Array.from(starts?.cells ?? []).filter((cell) => typeof cell === 'bigint');
  const earliest = cells.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined) ?? 0n;
  const latest = cells.reduce((a, b) => (b > a ? b : a), earliest);
  return latest > BigInt(Number.MAX_SAFE_INTEGER) ? earliest : 0n;
}

function numberOf(cell: unknown, offset: bigint): number {
  return typeof cell === 'bigint' ? Number(cell - offset) : Number(cell);
}
