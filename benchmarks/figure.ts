import Table from 'cli-table3';

/** A figure of a benchmark. */
export interface Figure {
  readonly figure: string;
  /** Null where nothing was measured. */
  readonly value: number | null;
  readonly target: string;
  /** Null where there is no target, or nothing was measured. */
  readonly ok: boolean | null;
}

/** Figures as a table for people. */
export function tableOfFigures(figures: readonly Figure[]): string {
  const table = new Table({ head: ['figure', 'measured', 'target', 'ok'], style: { head: [], border: [] } });
  for (const { figure, value, target, ok } of figures) {
    const measured = value === null ? 'not measured' : String(Number(value.toPrecision(3)));
    table.push([figure, measured, target, ok === null ? '' : ok ? 'yes' : 'no']);
  }
  return table.toString();
}
