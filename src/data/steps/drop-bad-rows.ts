import { badCells, countedCells, rowsOf } from './bad-cells.ts';
import { cellsOf, recordedColumns } from './raw-columns.ts';
import type { RawSteps } from '../sources/source.ts';

/** Step records without the rows that have bad cells. */
export interface GoodRows {
  readonly steps: RawSteps;
  /** Rows that were left out. */
  readonly badRows: number;
  /** How many cells of which columns were bad, in words; empty where none were. */
  readonly words: string;
}

/** Leaves out the rows that `refuseBadCells` would refuse. */
export function withoutBadRows(steps: RawSteps): GoodRows {
  const { columns, locate, state } = steps;
  const bad = badCells(recordedColumns(columns));
  if (bad.length === 0) return { steps, badRows: 0, words: '' };
  const left = rowsOf(bad);
  const kept = Array.from(columns.values().next().value ?? [], (_, row) => row).filter((row) => !left.has(row));
  return {
    steps: {
      ...steps,
      columns: new Map([...columns].map(([name, cells]) => [name, cellsOf(cells, kept)])),
      locate: (row, column) => locate(kept[row]!, column),
      ...(state && { state: (records) => state(Array.from(records, (record) => kept[record]!)) }),
    },
    badRows: left.size,
    words: countedCells(bad, locate),
  };
}
