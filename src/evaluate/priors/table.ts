import { parseUnit, unitText } from '../../program/index.ts';

/** A log-normal distribution: half of it lies below `median`, 95 % within a factor of e^(2·sigma). */
export interface Prior {
  readonly median: number;
  /** Deviation of the natural logarithm. */
  readonly sigma: number;
}

/** What is known of constants before any row is seen. */
export interface PriorTable {
  /** Of overheads, factors and rates, by their unit as `unitText` writes it: `µs`, `1`, `µs/token`. */
  readonly units: Readonly<Record<string, Prior>>;
  /** Of constants by name, whatever they are; these count before those by unit. */
  readonly constants: Readonly<Record<string, Prior>>;
}

/**
 * The table that a run goes by where nothing is said; `docs/priors.md` says what each row is from. They are wide: they cover models of 7
 * to 70 billion parameters on one to eight GPUs of the last three generations.
 */
export const DEFAULT_PRIORS: PriorTable = Object.freeze({
  units: Object.freeze({
    '1': { median: 1.5, sigma: 1 },
    µs: { median: 2000, sigma: 1.5 },
    'µs/token': { median: 1, sigma: 2.5 },
    'µs/request': { median: 20, sigma: 1.5 },
    'µs/token²': { median: 1e-3, sigma: 1.5 },
    'µs/10⁹': { median: 500, sigma: 1 },
    'µs/10⁹/token': { median: 2, sigma: 1 },
    'µs/layer': { median: 25, sigma: 1.5 },
    'µs/kernel': { median: 5, sigma: 1 },
  }),
  constants: Object.freeze({}),
});

/** Fits the rows alone. */
export const NO_PRIORS: PriorTable = Object.freeze({ units: {}, constants: {} });

/** The table with the rows of another one in place of its own. */
export function withPriors(table: PriorTable, rows: PriorTable): PriorTable {
  const units = Object.entries(rows.units).map(([text, prior]) => [unitKey(text) ?? text, prior] as const);
  return {
    units: { ...table.units, ...Object.fromEntries(units) },
    constants: { ...table.constants, ...rows.constants },
  };
}

/** A unit as the table has it; undefined where the text is none. */
export function unitKey(text: string): string | undefined {
  const unit = parseUnit(text);
  return unit && unitText(unit);
}
