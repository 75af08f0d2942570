import type { Dataset } from '../../data/index.ts';
import { concatColumns } from '../../numeric/index.ts';
import { thirdsByGroup } from '../explanation/explained-rows.ts';
import { BATCH_REGIMES, type BatchRegime, type LoadThirds } from '../explanation/regimes.ts';
import { type ResidualFigures, residualFigures } from '../explanation/residuals.ts';
import { groupOfRows } from '../groups.ts';
import { openRows, replayedRows } from '../rows.ts';
import { type Basis, type Evidence, evidenceOf, type JudgedProgram } from './evidence.ts';
import { type FittedRange, fittedRanges } from './fitted-ranges.ts';

/** Errors of an experiment when the program was exported. */
export interface ExperimentStanding extends ResidualFigures {
  /** Of the experiment; validation rows. */
  readonly id: string;
  readonly group: string;
  readonly basis: Basis;
}

/** How a program stood on the rows of one group of constants when it was exported. */
export interface GroupStanding {
  readonly group: string;
  /** Bounds of light and heavy batches; null where batches are of one size. */
  readonly load: LoadThirds | null;
  /** Of the training rows. */
  readonly ranges: readonly FittedRange[];
  /** Step residuals by regime, `all` first. */
  readonly regimes: readonly RegimeStanding[];
}

/** Errors in one regime when the program was exported. */
export interface RegimeStanding extends ResidualFigures {
  readonly regime: BatchRegime;
  /** Whose rows: validation rows or, where these are few, training rows with them. */
  readonly of: 'valid' | 'both';
}

/** How well a program fitted when it was exported: what later data is held against. */
export interface Standing {
  readonly experiments: readonly ExperimentStanding[];
  readonly groups: readonly GroupStanding[];
}

/** Looks at how a program stands on the data that it was fitted on. Test rows stay closed. */
export function standingOf(dataset: Dataset, judged: Omit<JudgedProgram, 'thirds'>): Standing {
  const { target, scope, program, fits } = judged;
  const of = (split: 'train' | 'valid') => [
    ...openRows(dataset, target, split),
    ...replayedRows(dataset, target, split),
  ];
  const train = of('train');
  const thirds = thirdsByGroup([...train, ...of('valid')], scope);
  const input = { ...judged, thirds };
  const { experiments } = evidenceOf(dataset, input, ['valid']);
  const both = evidenceOf(dataset, input, ['train', 'valid'], false).experiments;
  return {
    experiments: experiments.flatMap(({ id, group, basis, residuals }) => {
      const figures = residualFigures(residuals);
      return figures === undefined ? [] : [{ id, group, basis, ...figures }];
    }),
    groups: fits.map(({ group }) => ({
      group,
      load: thirds.get(group) ?? null,
      ranges: fittedRanges(
        program,
        train.filter((part) => groupOfRows(part, scope) === group),
      ),
      regimes: regimesOf(
        experiments.filter((each) => each.group === group),
        both.filter((each) => each.group === group),
      ),
    })),
  };
}

/** Fewer validation rows than this are no figure to hold anything against. */
const FEW_ROWS = 30;

function regimesOf(valid: readonly Evidence[], both: readonly Evidence[]): readonly RegimeStanding[] {
  return BATCH_REGIMES.flatMap((regime): RegimeStanding[] => {
    const figures = figuresIn(regime, valid);
    if (figures !== undefined && figures.rows >= FEW_ROWS) return [{ regime, of: 'valid', ...figures }];
    const more = figuresIn(regime, both);
    return more === undefined ? [] : [{ regime, of: 'both', ...more }];
  });
}

function figuresIn(regime: BatchRegime, experiments: readonly Evidence[]): ResidualFigures | undefined {
  const own = experiments.flatMap(({ residuals, isIn }) =>
    isIn === undefined ? [] : [residuals.filter((_, row) => isIn[regime](row))],
  );
  return residualFigures(concatColumns(own));
}
