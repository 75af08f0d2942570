import type { Dataset, SplitName } from '../../data/index.ts';
import { concatColumns, createRandom, type Random, sum } from '../../numeric/index.ts';
import { BATCH_REGIMES, type BatchRegime } from '../explanation/regimes.ts';
import { type ResidualFigures, residualFigures } from '../explanation/residuals.ts';
import { biasesOf, type Change, driftOf, growthOf, isBeyond, type Stratum, TOLERANCE_POINTS } from './drift-of.ts';
import { type Basis, type Evidence, evidenceOf, type JudgedProgram } from './evidence.ts';
import { isOutside, outsideFeatures, type OutsideFeature } from './outside.ts';
import type { GroupStanding, Standing } from './standing.ts';

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

/** An experiment of the new data. */
export interface CheckedExperiment extends CheckedPart {
  /** Of the experiment. */
  readonly id: string;
  /** Of its constants. */
  readonly group: string;
  /** What it is judged by: recorded steps, logged requests in closed loop, or the report of its clients. */
  readonly basis: Basis;
}

/** Steps of one regime, of all experiments with step records. */
export interface CheckedRegime extends CheckedPart {
  /** Kind of batches. */
  readonly regime: BatchRegime;
}

/** Whether a program still holds on new data. */
export interface DriftCheck {
  /** The worst of all parts; null where each of them has too few rows. */
  readonly verdict: DriftVerdict | null;
  /** Points of bias or MAPE beyond which a change counts, where its interval does not hold 0. */
  readonly tolerancePoints: number;
  /** In the order of the data. */
  readonly experiments: readonly CheckedExperiment[];
  /** Regimes that have rows; none where no steps were recorded. */
  readonly regimes: readonly CheckedRegime[];
  /** Features with values outside of the fitted ranges, those of most batches first. */
  readonly outside: readonly OutsideFeature[];
  /** Experiments that could not be judged, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Fewer rows than this have no verdict. */
const LEAST_ROWS = 30;
/** Percent of the batches; more than this outside, and nothing can be said of what was fitted. */
const MOST_OUTSIDE = 50;
/** Seeds the bootstrap, so that intervals are the same each time. */
const SEED = 1;

interface Judged extends Evidence {
  readonly standing: GroupStanding;
  readonly isOutside: Uint8Array;
}

/** Holds a program against new data, and against how it stood when it was exported. */
export function checkDrift(
  dataset: Dataset,
  input: Omit<JudgedProgram, 'thirds'>,
  standing: Standing,
  splits: readonly SplitName[],
): DriftCheck {
  const groups = new Map(standing.groups.map((group) => [group.group, group]));
  const thirds = new Map(standing.groups.map(({ group, load }) => [group, load ?? undefined]));
  const { experiments, missing } = evidenceOf(dataset, { ...input, thirds }, splits);
  const judged = experiments.flatMap((evidence): Judged[] => {
    const own = groups.get(evidence.group);
    return own === undefined
      ? []
      : [{ ...evidence, standing: own, isOutside: isOutside(evidence.batches, own.ranges) }];
  });
  const random = createRandom(SEED).split('check');
  const checked = judged.map((evidence) => ({
    id: evidence.id,
    group: evidence.group,
    basis: evidence.basis,
    ...partOf([experimentStratum(evidence, standing)], random.split('experiment', evidence.id)),
  }));
  const regimes = BATCH_REGIMES.flatMap((regime): CheckedRegime[] => {
    const strata = judged.flatMap((evidence) => regimeStratum(evidence, regime));
    return strata.length === 0 ? [] : [{ regime, ...partOf(strata, random.split('regime', regime)) }];
  });
  return {
    verdict: worst([...checked, ...regimes].flatMap(({ verdict }) => verdict ?? [])),
    tolerancePoints: TOLERANCE_POINTS,
    experiments: checked,
    regimes,
    outside: outsideFeatures(judged.map(({ batches, standing: { ranges } }) => ({ batches, ranges }))),
    missing,
  };
}

interface CheckedStratum extends Stratum {
  readonly basis: Basis;
  /** Whether it is known how it was at the export. */
  readonly isKnown: boolean;
  /** Of the rows where there are steps, else of the batches of a replay. */
  readonly isOutside: Uint8Array;
}

type Before = { readonly bias: number; readonly mape: number } | undefined;

function stratumOf(rows: Pick<CheckedStratum, 'basis' | 'residuals' | 'isOutside'>, before: Before): CheckedStratum {
  return { ...rows, before: before ?? { bias: 0, mape: null }, isKnown: before !== undefined };
}

/** Held against itself where it was there at the export, else against its group. */
function experimentStratum(evidence: Judged, { experiments }: Standing): CheckedStratum {
  const { id, basis, group, standing, residuals, isOutside: outside } = evidence;
  const same = experiments.find((each) => each.id === id && each.basis === basis);
  const others = experiments.filter((each) => each.group === group && each.basis === basis);
  const ofGroup = basis === 'steps' ? standing.regimes[0] : others.length === 0 ? undefined : meanOf(others);
  return stratumOf({ basis, residuals, isOutside: outside }, same ?? ofGroup);
}

function regimeStratum(evidence: Judged, regime: BatchRegime): readonly CheckedStratum[] {
  const { basis, residuals, isIn, standing, isOutside: outside } = evidence;
  const isWanted = (_: number, row: number): boolean => isIn?.[regime](row) === true;
  const own = { basis, residuals: residuals.filter(isWanted), isOutside: outside.filter(isWanted) };
  if (own.residuals.length === 0) return [];
  return [
    stratumOf(
      own,
      standing.regimes.find((each) => each.regime === regime),
    ),
  ];
}

function partOf(strata: readonly CheckedStratum[], random: Random): CheckedPart {
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

function worst(verdicts: readonly DriftVerdict[]): DriftVerdict | null {
  return SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? null;
}

interface Weighted {
  readonly bias: number;
  readonly mape: number;
  readonly rows: number;
}

function meanOf(figures: readonly Weighted[]): { readonly bias: number; readonly mape: number } {
  const total = sum(figures.map(({ rows }) => rows));
  const of = (name: 'bias' | 'mape'): number => sum(figures.map((each) => each.rows * each[name])) / total;
  return { bias: of('bias'), mape: of('mape') };
}
