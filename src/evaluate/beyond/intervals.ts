import type { RegressionTable } from '../../data/index.ts';
import { createRandom, quantile, type RowRange } from '../../numeric/index.ts';
import { differentiate, evaluateColumns, type Graph, type Program } from '../../program/index.ts';
import { COMPARED_BLOCKS, timeBlocks } from '../blocks.ts';
import { judgedTable } from '../entries.ts';
import { type GroupLayout, type Layout, layoutTable } from '../layout.ts';
import { groupData, LOSS_SCHEDULE } from '../loss.ts';
import { predictObserved } from '../observed-part.ts';
import { ReductionColumns } from '../reductions.ts';
import type { EvaluateSettings } from '../settings.ts';
import type { GroupFit } from '../types.ts';
import { type CoverageReport, type Judged, reportOf, scaleOf } from './coverage.ts';
import { covarianceOf, deviationsOf } from './posterior.ts';
import { ofRegime, perRegime, type PerRegime, type Regime, regimesOf } from './regimes.ts';

/** Of a normal deviate, 90 % lie within so many standard deviations. */
const NINE_OF_TEN = 1.645;

/** What nine of ten measured times lie within, relative to the prediction. */
interface Tails {
  readonly low: number;
  readonly high: number;
}

interface GroupSpread {
  readonly covariance: Float64Array;
  readonly tails: PerRegime<Tails>;
  /** What validation rows multiply the ends with. */
  readonly scale: PerRegime<number>;
}

interface Ends {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * 90 % intervals of step times: what the residuals of training rows leave open, by regime and with their tails as they are, and what
 * the constants leave open (Laplace posterior), added as independent errors; then widened, or narrowed, so that nine of ten
 * validation rows lie within, since these are of a later and mostly heavier load (split conformal prediction; Lei et al., 2018). So
 * that coverage is measured on rows that did not decide the width, each half of the blocks of validation rows is covered by what the
 * other half says.
 */
export class StepIntervals {
  readonly #graph: Graph;
  readonly #spreads: ReadonlyMap<string, GroupSpread>;
  readonly #validation: CoverageReport | null;

  /**
   * @param fits of all groups of the table's experiments under the settings' scope.
   * @param all training and validation rows; intervals are of those that the objective goes by.
   */
  constructor(
    program: Program,
    fits: readonly GroupFit[],
    all: RegressionTable,
    settings: Pick<EvaluateSettings, 'scope' | 'objective' | 'requestWeights' | 'sampleRows'>,
  ) {
    this.#graph = differentiate(program);
    const table = judgedTable(all, settings.objective);
    const plain = layoutTable(table, { ...settings, floor: false }, createRandom(0));
    const layout = new ReductionColumns(table, plain).layoutFor(program);
    const columns = Object.fromEntries(layout.features.map(({ name }, at) => [name, layout.columns[at]!]));
    const regimes = regimesOf(columns, layout.rowCount);
    const form = LOSS_SCHEDULE[settings.objective].at(-1)!;
    const spreads = new Map<string, GroupSpread>();
    const judged: Judged[] = [];
    for (const group of layout.groups) {
      const fit = fits.find((candidate) => candidate.group === group.name);
      if (fit === undefined) continue;
      const roots = evaluateColumns(this.#graph, columns, fit.constants, layout.rowCount);
      const data = groupData(layout, group, settings.requestWeights).train;
      const covariance = covarianceOf(data, roots, form);
      const spread = { covariance, tails: tailsOf(layout, group, roots[0]!, regimes), scale: perRegime(() => 1) };
      const own = judgedRows(layout, group, roots[0]!, endsOf(spread, roots, regimes), regimes);
      spreads.set(group.name, { ...spread, scale: scaleOf(own) });
      judged.push(...own);
    }
    this.#spreads = spreads;
    this.#validation = judged.length === 0 ? null : reportOf(judged);
  }

  /** Coverage on validation rows; null where no single steps were measured. */
  get validation(): CoverageReport | null {
    return this.#validation;
  }

  /**
   * Both ends of the intervals of some batches, µs.
   *
   * @param rootsOf gives the columns of the value and its derivatives on the batches.
   */
  of(
    group: string,
    rootsOf: (graph: Graph) => readonly Float64Array[],
    columns: Readonly<Record<string, Float64Array | undefined>>,
  ): { readonly low: Float64Array; readonly high: Float64Array } {
    const roots = rootsOf(this.#graph);
    const spread = this.#spreads.get(group);
    if (spread === undefined) return { low: roots[0]!, high: roots[0]! };
    return endsOf(spread, roots, regimesOf(columns, roots[0]!.length));
  }
}

function endsOf(
  { covariance, tails, scale }: GroupSpread,
  roots: readonly Float64Array[],
  regimes: readonly Regime[],
): Ends {
  const p = roots[0]!;
  const deviations = deviationsOf(roots, covariance);
  const end = (row: number, tail: number): number =>
    scale[regimes[row]!] * Math.hypot(p[row]! * tail, NINE_OF_TEN * deviations[row]!);
  return {
    low: p.map((us, row) => Math.max(0, us - end(row, Math.min(0, tails[regimes[row]!].low)))),
    high: p.map((us, row) => us + end(row, Math.max(0, tails[regimes[row]!].high))),
  };
}

/** Rows of single steps; where requests were observed, those of the schedule were not measured. */
function measuredRows(group: GroupLayout, split: 'train' | 'valid'): readonly RowRange[] {
  return group[split].parts.flatMap(({ rows, observed }) => (observed === undefined ? [rows] : []));
}

function tailsOf(layout: Layout, group: GroupLayout, p: Float64Array, regimes: readonly Regime[]): PerRegime<Tails> {
  const { y } = layout;
  const all: { readonly regime: Regime; readonly deviation: number }[] = [];
  for (const [start, end] of measuredRows(group, 'train')) {
    for (let row = start; row < end; row++) all.push({ regime: regimes[row]!, deviation: y[row]! / p[row]! - 1 });
  }
  if (all.length === 0) {
    // Times between tokens are means of steps, and so nearer to each other than single steps; they are what there is.
    const usual = deviationsOfTokens(layout, group, p);
    for (const deviation of usual) all.push({ regime: 'decode', deviation });
  }
  const tails = (of: readonly { readonly deviation: number }[]): Tails => {
    const values = Float64Array.from(of, ({ deviation }) => deviation);
    return values.length === 0 ? { low: 0, high: 0 } : { low: quantile(values, 0.05), high: quantile(values, 0.95) };
  };
  return perRegime((regime) => tails(ofRegime(all, regime)));
}

/** How far measured times between tokens lie from those that are predicted, relatively; of requests, or of reports. */
function deviationsOfTokens({ steps }: Layout, group: GroupLayout, p: Float64Array): readonly number[] {
  return group.train.parts.flatMap(({ rows, observed }) => {
    const tokens = observed?.kinds.find(({ kind }) => kind === 'itl');
    if (observed === undefined || tokens === undefined) return [];
    const predicted = predictObserved(observed, p, steps, rows);
    return Array.from({ length: tokens.range[1] - tokens.range[0] }, (_, k) => {
      const at = tokens.range[0] + k;
      return observed.y[at]! / predicted[at]! - 1;
    });
  });
}

function judgedRows(
  { y }: Layout,
  group: GroupLayout,
  p: Float64Array,
  { low, high }: Ends,
  regimes: readonly Regime[],
): readonly Judged[] {
  const scoreOf = (row: number): number => {
    const deviation = y[row]! - p[row]!;
    if (deviation === 0) return 0;
    return deviation > 0 ? deviation / (high[row]! - p[row]!) : deviation / (low[row]! - p[row]!);
  };
  return measuredRows(group, 'valid').flatMap((rows, experiment) =>
    timeBlocks(rows, COMPARED_BLOCKS).flatMap(([start, end], block) =>
      Array.from({ length: end - start }, (_, k) => ({
        group: group.name,
        regime: regimes[start + k]!,
        experiment,
        block,
        score: scoreOf(start + k),
      })),
    ),
  );
}
