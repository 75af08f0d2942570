import { concatColumns, type Random, sum } from '../../numeric/index.ts';
import { type ResidualFigures, residualFigures } from '../explanation/residuals.ts';
import { biasesOf, type Change, driftOf, growthOf, isBeyond, type Stratum } from './drift-of.ts';
import type { Basis } from './evidence.ts';

/**
 * `holds`: no further off than at the export; `drifts`: further off where it was fitted; `outside`: further off, but where nothing was
 * fitted, or most batches lie there, so that nothing can be said of it.
 */
export type DriftVerdict = 'holds' | 'drifts' | 'outside';

/** What is known of a part of the data. */
export interface CheckedPart {
  /** Of the rows, or of the E2E latencies of requests. */
  readonly now: ResidualFigures;
  /** Mean bias and MAPE at the export, percent, weighted as the rows now are; null where it is not known. */
  readonly atExport: { readonly bias: number; readonly mape: number } | null;
  /** Change of the bias; from 0 where it is not known. */
  readonly drift: Change;
  /** Change of the MAPE; null where it is not known. */
  readonly growth: Change | null;
  /** Percent of the batches that lie outside of the fitted ranges. */
  readonly outside: number;
  /** Null where there are too few rows to tell. */
  readonly verdict: DriftVerdict | null;
}

/** Fewer rows than this have no verdict. */
const LEAST_ROWS = 30;
/** Percent of the batches; more than this outside, and nothing can be said of what was fitted. */
const MOST_OUTSIDE = 50;
/** Rows of one experiment. */
export interface CheckedStratum extends Stratum {
  readonly basis: Basis;
  /** Whether it is known how it was at the export. */
  readonly isKnown: boolean;
  /** Of the rows where there are steps, else of the batches of a replay. */
  readonly isOutside: Uint8Array;
}

type Before = { readonly bias: number; readonly mape: number } | undefined;

/** @param before what they were at the export; undefined where it is not known. */
export function stratumOf(
  rows: Pick<CheckedStratum, 'basis' | 'residuals' | 'isOutside'>,
  before: Before,
): CheckedStratum {
  return { ...rows, before: before ?? { bias: 0, mape: null }, isKnown: before !== undefined };
}

/** Holds rows of one or more experiments against what they were at the export. */
export function partOf(strata: readonly CheckedStratum[], random: Random): CheckedPart {
  const now = residualFigures(concatColumns(strata.map(({ residuals }) => residuals)))!;
  const batches = sum(strata.map(({ isOutside: own }) => own.length));
  const outside = batches === 0 ? 0 : (100 * sum(strata.map(({ isOutside: own }) => sum(own)))) / batches;
  const drift = driftOf(strata, random);
  const growth = growthOf(strata, random);
  return {
    now,
    atExport: strata.every(({ isKnown }) => isKnown)
      ? meanOf(
          strata.map(({ residuals, before }) => ({ bias: before.bias, mape: before.mape!, rows: residuals.length })),
        )
      : null,
    drift,
    growth: growth ?? null,
    outside,
    verdict: verdictOf(
      strata,
      { rows: now.rows, outside, isOff: isOff(strata, drift, growth) },
      random.split('inside'),
    ),
  };
}

interface Findings {
  readonly rows: number;
  /** Percent. */
  readonly outside: number;
  readonly isOff: boolean;
}

function verdictOf(
  strata: readonly CheckedStratum[],
  { rows, outside, isOff: isOffAll }: Findings,
  random: Random,
): DriftVerdict | null {
  const isOf = (basis: Basis): boolean => strata.every((stratum) => stratum.basis === basis);
  // A report is a mean over many requests already.
  if (rows < LEAST_ROWS && !isOf('report')) return null;
  const inside = isOf('steps') ? strata.flatMap(insideOf) : strata;
  const canTell = isOf('steps')
    ? sum(inside.map(({ residuals }) => residuals.length)) >= LEAST_ROWS && strata.every(({ isKnown }) => isKnown)
    : outside <= MOST_OUTSIDE;
  if (canTell && isOff(inside, driftOf(inside, random), growthOf(inside, random))) return 'drifts';
  return isOffAll || outside > MOST_OUTSIDE ? 'outside' : 'holds';
}

function insideOf(stratum: CheckedStratum): readonly CheckedStratum[] {
  const residuals = stratum.residuals.filter((_, row) => stratum.isOutside[row] === 0);
  return residuals.length === 0 ? [] : [{ ...stratum, residuals }];
}

/** A bias that goes back towards 0 is a change, and no reason to doubt. */
function isOff(strata: readonly Stratum[], drift: Change, growth: Change | undefined): boolean {
  const { now, before } = biasesOf(strata);
  const isFurther = Math.abs(now) > Math.abs(before);
  return (isFurther && isBeyond(drift, 'either')) || (growth !== undefined && isBeyond(growth, 'above'));
}

const SEVERITY: readonly DriftVerdict[] = ['drifts', 'outside', 'holds'];

/** The worst of some verdicts; null of none. */
export function worst(verdicts: readonly DriftVerdict[]): DriftVerdict | null {
  return SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? null;
}

interface Weighted {
  readonly bias: number;
  readonly mape: number;
  readonly rows: number;
}

/** Means over rows. */
export function meanOf(figures: readonly Weighted[]): { readonly bias: number; readonly mape: number } {
  const total = sum(figures.map(({ rows }) => rows));
  const of = (name: 'bias' | 'mape'): number => sum(figures.map((each) => each.rows * each[name])) / total;
  return { bias: of('bias'), mape: of('mape') };
}
