import type { StepColumn, StepColumns } from '../../physics/index.ts';
import { COLUMN_NAMES } from '../steps/column-names.ts';

/** Collects step records, one number for each column. */
export class StepRecorder {
  readonly #columns: Record<StepColumn, number[]>;

  constructor() {
    this.#columns = Object.fromEntries(COLUMN_NAMES.map((name) => [name, [] as number[]])) as Record<
      StepColumn,
      number[]
    >;
  }

  add(step: Readonly<Record<StepColumn, number>>): void {
    for (const name of COLUMN_NAMES) this.#columns[name].push(step[name]);
  }

  columns(): StepColumns {
    return Object.freeze(
      Object.fromEntries(COLUMN_NAMES.map((name) => [name, Float64Array.from(this.#columns[name])])),
    ) as StepColumns;
  }
}
