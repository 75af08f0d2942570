import type { Dataset, SplitName } from '../../data/index.ts';
import { createRandom } from '../../numeric/index.ts';
import { BATCH_REGIMES, type BatchRegime } from '../explanation/regimes.ts';
import {
  type CheckedPart,
  type CheckedStratum,
  type DriftVerdict,
  meanOf,
  partOf,
  stratumOf,
  worst,
} from './checked-part.ts';
import { TOLERANCE_POINTS } from './drift-of.ts';
import { type Basis, type Evidence, evidenceOf, type JudgedProgram } from './evidence.ts';
import { isOutside, outsideFeatures, type OutsideFeature } from './outside.ts';
import type { GroupStanding, Standing } from './standing.ts';

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
