import { groupBy, placeText, UserError } from '../../base/index.ts';
import { STEP_COLUMNS } from '../../physics/index.ts';
import { FRACTION_COLUMNS, type ReadColumn } from './column-names.ts';
import { isEmpty, isNaNCell, type Locate, type SourceColumns } from './raw-columns.ts';

/** A cell that cannot be what its column holds. */
interface BadCell {
  readonly row: number;
  /** Name of its column in the source. */
  readonly key: string;
  /** In a word or two. */
  readonly kind: string;
  readonly problem: string;
}

/** Places that are shown of each column. */
const SHOWN = 3;

/** What is wrong with a cell on its own; undefined where nothing is. */
function fault(cell: unknown, name: ReadColumn): Pick<BadCell, 'kind' | 'problem'> | undefined {
  if (isEmpty(cell)) return { kind: 'empty', problem: 'the cell is empty' };
  if (isNaNCell(cell)) return { kind: 'NaN', problem: 'NaN is not a non-negative number' };
  if (typeof cell === 'bigint') return cell < 0n ? negative(cell) : undefined;
  if (typeof cell !== 'number') {
    const shown = typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
    return { kind: 'text', problem: `${shown} is not a non-negative number` };
  }
  if (cell < 0) return negative(cell);
  if (!Number.isFinite(cell)) return { kind: 'infinite', problem: `${cell} is not a non-negative number` };
  if (FRACTION_COLUMNS.has(name) || Number.isSafeInteger(cell)) return undefined;
  return { kind: 'not whole', problem: `${cell} is not an integer` };
}

function negative(cell: number | bigint): Pick<BadCell, 'kind' | 'problem'> {
  return { kind: 'negative', problem: `${cell} is not a non-negative number` };
}

/** All bad cells of step records, by row. */
export function badCells(columns: SourceColumns): readonly BadCell[] {
  const bad: BadCell[] = [];
  for (const [name, { key, cells }] of columns) {
    for (let row = 0; row < cells.length; row++) {
      const found = fault(cells[row], name);
      if (found !== undefined) bad.push({ row, key, ...found });
    }
  }
  const free = columns.get('kvBlocksFree');
  const total = columns.get('kvBlocksTotal');
  if (free !== undefined && total !== undefined) {
    for (let row = 0; row < free.cells.length; row++) {
      const [of, all] = [Number(free.cells[row]), Number(total.cells[row])];
      if (of > all) bad.push({ row, key: free.key, kind: 'too large', problem: `${of} blocks are free of ${all}` });
    }
  }
  return bad.sort((a, b) => a.row - b.row);
}

/**
 * Refuses step records with cells that cannot be what their columns hold.
 *
 * @throws UserError that names the first one, counts all by column, and shows where some are.
 */
export function refuseBadCells(columns: SourceColumns, locate: Locate): void {
  const bad = badCells(columns);
  const [first] = bad;
  if (first === undefined) return;
  const rows = columns.values().next().value?.cells.length ?? 0;
  const isBlocks = first.kind === 'too large';
  throw new UserError({
    code: 'data.bad-cells',
    place: locate(first.row, first.key),
    problem:
      bad.length === 1
        ? first.problem
        : `${first.problem}; ${bad.length} bad cells in ${rowsOf(bad).size} of ${rows} rows: ${countedCells(bad, locate)}`,
    mend:
      bad.length > 1
        ? 'Correct the cells or leave their rows out'
        : isBlocks
          ? `Correct \`${STEP_COLUMNS.kvBlocksFree}\` or \`${STEP_COLUMNS.kvBlocksTotal}\`, or remove the row`
          : 'Correct the cell or remove its row',
    details: { badRows: rowsOf(bad).size },
  });
}

/** The rows that have some. */
export function rowsOf(bad: readonly BadCell[]): ReadonlySet<number> {
  return new Set(bad.map(({ row }) => row));
}

/** How many of each kind in each column, with the first few places: `` `batch.prefill_tokens` empty 2 (line 3, line 7)``. */
export function countedCells(bad: readonly BadCell[], locate: Locate): string {
  return [...groupBy(bad, ({ key, kind }) => `\`${key}\` ${kind}`)]
    .map(([label, cells]) => {
      const places = cells.slice(0, SHOWN).map(({ row, key }) => placeOf(locate, row, key));
      return `${label} ${cells.length} (${places.join(', ')}${cells.length > SHOWN ? ', …' : ''})`;
    })
    .join(', ');
}

function placeOf(locate: Locate, row: number, key: string): string {
  const { line, at } = locate(row, key);
  return line === undefined ? (at?.replace(/^.*, (?=record \d+$)/, '') ?? placeText({ at })) : `line ${line}`;
}
