import { type Place, UserError } from '../base/index.ts';
import { STEP_COLUMNS, type StepColumn, type StepColumns } from '../physics/index.ts';
import { COLUMN_NAMES } from './column-names.ts';
import { refuseContradictions } from './contradictions.ts';

/** Columns of one source as they were read, before they are checked; keys are the source's own column names. */
export type RawColumns = ReadonlyMap<string, ArrayLike<unknown>>;

const TIMESTAMPS: ReadonlySet<StepColumn> = new Set(['startNs', 'endNs']);
/** Identifiers and counts: all columns but times and shares. */
const COUNTS: readonly StepColumn[] = COLUMN_NAMES.filter(
  (name) => !TIMESTAMPS.has(name) && name !== 'durationUs' && name !== 'kvUsageRatio',
);
const SPELLINGS: ReadonlySet<string> = new Set([...COLUMN_NAMES, ...Object.values(STEP_COLUMNS)]);

/** Where a cell is in its source: `row` is 0-based. */
export type Locate = (row: number, column: string) => Place;

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
}

/** The step records alone, see {@link orderedSteps}. */
export function stepColumns(raw: RawColumns, file: string, locate: Locate): StepColumns {
  return orderedSteps(raw, file, locate).steps;
}

/**
 * Checks step records and puts them in the project's form: one `Float64Array` a column, ascending by step id. Column
 * names are the BATCH_SUMMARY attributes (`step.id`) or the project's own (`stepId`). A record that is there twice with
 * equal content (an exporter that sent it again) is kept once.
 *
 * @param locate names the place of a cell.
 * @throws UserError where a column is missing, a cell is not a non-negative number or a count no integer, more blocks are
 *   free than there are, columns contradict each other, or two records share an id.
 */
export function orderedSteps(raw: RawColumns, file: string, locate: Locate): OrderedSteps {
  const sources = COLUMN_NAMES.map((name) => sourceColumn(raw, name, file));
  const origin = timestampOrigin(sources);
  const columns = COLUMN_NAMES.map((name, at) => {
    const { key, cells } = sources[at]!;
    const offset = TIMESTAMPS.has(name) ? origin : 0n;
    return Float64Array.from(cells, (cell, row) => numberOf(cell, offset, () => locate(row, key)));
  });
  const read = Object.fromEntries(COLUMN_NAMES.map((name, at) => [name, columns[at]!])) as unknown as StepColumns;
  const nameOf = (name: StepColumn): string => sources[COLUMN_NAMES.indexOf(name)]!.key;
  checkRows(read, (row, name) => locate(row, nameOf(name)));
  refuseContradictions(read, file, nameOf);
  const records = orderedRows(read.stepId, columns, file);
  const steps = Object.freeze(
    Object.fromEntries(COLUMN_NAMES.map((name, at) => [name, Float64Array.from(records, (row) => columns[at]![row]!)])),
  ) as unknown as StepColumns;
  return { steps, records, originNs: Number(origin) };
}

/** Whether a source's column is one of the step records, in either spelling; any other column is a label. */
export function isStepColumn(key: string): boolean {
  return SPELLINGS.has(key);
}

function sourceColumn(
  raw: RawColumns,
  name: StepColumn,
  file: string,
): { readonly key: string; readonly cells: ArrayLike<unknown> } {
  const key = [STEP_COLUMNS[name], name].find((spelling) => raw.has(spelling));
  if (key === undefined) {
    throw new UserError({
      code: 'data.missing-column',
      place: { file },
      problem: `column \`${STEP_COLUMNS[name]}\` is missing (columns: ${[...raw.keys()].join(', ') || 'none'})`,
      mend: `Add the column \`${STEP_COLUMNS[name]}\` (or \`${name}\`), as BATCH_SUMMARY gives it`,
    });
  }
  return { key, cells: raw.get(key)! };
}

/** Nanoseconds of a wall clock do not fit a double; such timestamps are counted from the earliest one. */
function timestampOrigin(sources: readonly { readonly cells: ArrayLike<unknown> }[]): bigint {
  const starts = Array.from(sources[COLUMN_NAMES.indexOf('startNs')]!.cells).filter((cell) => typeof cell === 'bigint');
  const earliest = starts.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined) ?? 0n;
  const latest = starts.reduce((a, b) => (b > a ? b : a), earliest);
  return latest > BigInt(Number.MAX_SAFE_INTEGER) ? earliest : 0n;
}

function numberOf(cell: unknown, offset: bigint, place: () => Place): number {
  const value = typeof cell === 'bigint' ? Number(cell - offset) : typeof cell === 'number' ? cell : Number.NaN;
  if (!Number.isFinite(value) || value < 0) {
    const shown = typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
    throw new UserError({
      code: 'data.wrong-cell',
      place: place(),
      problem: `${shown} is not a non-negative number`,
      mend: 'Correct the cell or remove its row',
    });
  }
  return value;
}

/** What must hold within each record; `place` names the cell that is wrong. */
function checkRows(steps: StepColumns, place: (row: number, column: StepColumn) => Place): void {
  for (const name of COUNTS) {
    const row = steps[name].findIndex((count) => !Number.isSafeInteger(count));
    if (row < 0) continue;
    throw new UserError({
      code: 'data.wrong-cell',
      place: place(row, name),
      problem: `${steps[name][row]} is not an integer`,
      mend: 'Correct the cell or remove its row',
    });
  }
  const row = steps.kvBlocksFree.findIndex((free, at) => free > steps.kvBlocksTotal[at]!);
  if (row < 0) return;
  throw new UserError({
    code: 'data.wrong-cell',
    place: place(row, 'kvBlocksFree'),
    problem: `${steps.kvBlocksFree[row]} blocks are free of ${steps.kvBlocksTotal[row]}`,
    mend: `Correct \`${STEP_COLUMNS.kvBlocksFree}\` or \`${STEP_COLUMNS.kvBlocksTotal}\`, or remove the row`,
  });
}

/** Row numbers ascending by step id, each id once. */
function orderedRows(ids: Float64Array, columns: readonly Float64Array[], file: string): Int32Array {
  const order = Int32Array.from(ids, (_, row) => row).sort((a, b) => ids[a]! - ids[b]! || a - b);
  return order.filter((row, at) => {
    const before = order[at - 1];
    if (before === undefined || ids[before] !== ids[row]) return true;
    if (columns.every((column) => column[before] === column[row])) return false;
    throw new UserError({
      code: 'data.repeated-step',
      place: { file },
      problem: `two different records have the step id ${ids[row]}`,
      mend: 'Import each engine as an experiment of its own: give each its value in a column `experiment`',
    });
  });
}
