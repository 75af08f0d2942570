import { STEP_COLUMNS, type StepColumn, type StepColumns } from '../../physics/index.ts';

/** Collects step records, one number for each column. */
export class StepRecorder {
  readonly #columns: Record<StepColumn, number[]>;

  constructor() {
    this.#columns = Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Record<StepColumn, number[]>;
  }

  add(step: Readonly<Record<StepColumn, number>>): void {
    for (const name of NAMES) this.#columns[name].push(step[name]);
  }

  columns(): StepColumns {
    return Object.freeze(
      Object.fromEntries(NAMES.map((name) => [name, Float64Array.from(this.#columns[name])])),
    ) as StepColumns;
  }
}

const NAMES = Object.keys(STEP_COLUMNS) as StepColumn[];
