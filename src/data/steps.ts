import { UserError } from '../base/index.ts';
import type { StepColumn, StepColumns } from '../physics/index.ts';
import { refuseBadCells } from './bad-cells.ts';
import { COLUMN_NAMES, READ_COLUMNS, READ_NAMES, type ReadColumn } from './column-names.ts';
import { refuseContradictions } from './contradictions.ts';
import { deriveColumns, refuseMissing } from './derived-columns.ts';
import { type Locate, type RawColumns, recordedColumns, type SourceColumn } from './raw-columns.ts';

export type { Locate, RawColumns } from './raw-columns.ts';

const TIMESTAMPS: ReadonlySet<ReadColumn> = new Set(['startNs', 'endNs']);
const SPELLINGS: ReadonlySet<string> = new Set([...READ_NAMES, ...Object.values(READ_COLUMNS)]);

/** Places in a file whose records have no lines. `numbers` are those of the records in it where they are not all given. */
export function locateRecord(file: string, numbers?: readonly number[]): Locate {
  return (row, column) => ({ file, at: `column \`${column}\`, record ${(numbers?.[row] ?? row) + 1}` });
}

/**
 * Checks step records and puts them in the project's form: one `Float64Array` a column, ascending by step id. Column
 * names are the BATCH_SUMMARY attributes (`step.id`) or the project's own (`stepId`). What is missing is worked out from other
 * columns where it follows from them, else it is NaN in every row: tokens and requests of either phase and a time are needed, all
 * else is not. A record that is there twice with equal content (an exporter that sent it again) is kept once.
 *
 * @param locate names the place of a cell.
 * @throws UserError where what is needed is missing, a cell is not a non-negative number or a count no integer, more blocks are
 *   free than there are, columns contradict each other, or two records share an id.
 */
export function stepColumns(raw: RawColumns, file: string, locate: Locate): StepColumns {
  refuseMissing(recordedColumns(raw), raw, file);
  return readSteps(raw, file, locate, deriveColumns);
}

/** The same of records that were stored: they have all that there is, and nothing is worked out. */
export function storedSteps(raw: RawColumns, file: string, locate: Locate): StepColumns {
  return readSteps(raw, file, locate, () => {});
}

function readSteps(raw: RawColumns, file: string, locate: Locate, complete: typeof deriveColumns): StepColumns {
  const sources = recordedColumns(raw);
  refuseBadCells(sources, locate);
  const rows = [...sources.values()][0]?.cells.length ?? 0;
  const origin = timestampOrigin(sources.get('startNs'));
  const columns = new Map(
    [...sources].map(([name, { cells }]) => {
      const offset = TIMESTAMPS.has(name) ? origin : 0n;
      return [name, Float64Array.from(cells, (cell) => numberOf(cell, offset))];
    }),
  );
  complete(columns, rows);
  for (const name of COLUMN_NAMES) if (!columns.has(name)) columns.set(name, new Float64Array(rows).fill(Number.NaN));
  const read = Object.fromEntries(columns) as unknown as StepColumns;
  refuseContradictions(read, file, (name: StepColumn) => sources.get(name)?.key ?? READ_COLUMNS[name]);
  const order = orderedRows(read.stepId, [...columns.values()], file);
  return Object.freeze(
    Object.fromEntries(
      READ_NAMES.flatMap((name) => {
        const column = columns.get(name);
        return column === undefined ? [] : [[name, Float64Array.from(order, (row) => column[row]!)]];
      }),
    ),
  ) as unknown as StepColumns;
}

/** Whether a source's column is one of the step records, in either spelling; any other column is a label. */
export function isStepColumn(key: string): boolean {
  return SPELLINGS.has(key);
}

/** Nanoseconds of a wall clock do not fit a double; such timestamps are counted from the earliest one. */
function timestampOrigin(starts: SourceColumn | undefined): bigint {
  const cells = Array.from(starts?.cells ?? []).filter((cell) => typeof cell === 'bigint');
  const earliest = cells.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined) ?? 0n;
  const latest = cells.reduce((a, b) => (b > a ? b : a), earliest);
  return latest > BigInt(Number.MAX_SAFE_INTEGER) ? earliest : 0n;
}

function numberOf(cell: unknown, offset: bigint): number {
  return typeof cell === 'bigint' ? Number(cell - offset) : Number(cell);
}

/** Row numbers ascending by step id, each id once. */
function orderedRows(ids: Float64Array, columns: readonly Float64Array[], file: string): Int32Array {
  const order = Int32Array.from(ids, (_, row) => row).sort((a, b) => ids[a]! - ids[b]! || a - b);
  return order.filter((row, at) => {
    const before = order[at - 1];
    if (before === undefined || ids[before] !== ids[row]) return true;
    if (columns.every((column) => Object.is(column[before], column[row]))) return false;
    throw new UserError({
      code: 'data.repeated-step',
      place: { file },
      problem: `two different records have the step id ${ids[row]}`,
      mend: 'Import each engine as an experiment of its own: give each its value in a column `experiment`',
    });
  });
}
