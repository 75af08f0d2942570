import { groupBy } from '../../base/index.ts';
import type { RegressionTable } from '../../data/index.ts';
import { createRandom, quantile, type RowRange } from '../../numeric/index.ts';
import { differentiate, evaluateColumns, type Graph, type Program } from '../../program/index.ts';
import { timeBlocks } from '../blocks.ts';
import { type GroupLayout, type Layout, layoutTable } from '../layout.ts';
import { groupData, LOSS_SCHEDULE } from '../loss.ts';
import { predictObserved } from '../observed-part.ts';
import { ReductionColumns } from '../reductions.ts';
import type { EvaluateSettings } from '../settings.ts';
import type { GroupFit } from '../types.ts';
import { covarianceOf, deviationsOf } from './posterior.ts';
import { type Regime, REGIMES, regimesOf } from './regimes.ts';

/** Of a normal deviate, 90 % lie within so many standard deviations. */
const NINE_OF_TEN = 1.645;
/** Fewer rows of a regime say nothing of its tails; it then has those of all rows. */
const LEAST_ROWS = 20;
/** Blocks of time of an experiment's validation rows, which take turns in the two halves of a coverage test. */
const FOLD_BLOCKS = 10;

type PerRegime<T> = { readonly [R in Regime]: T };

/** What nine of ten measured times lie within, relative to the prediction. */
interface Tails {
  readonly low: number;
  readonly high: number;
}

/** Of measured rows, how many lie within their 90 % interval. */
export interface Coverage {
  /** How many were measured. */
  readonly rows: number;
  /** Percent. */
  readonly coverage: number;
}

/** Coverage on validation rows, all together and by what the batches are made of. */
export interface CoverageReport extends Coverage {
  /** By what batches are made of. */
  readonly byRegime: {
    /** Batches that decode alone, or of which nothing is known; null where there are none, as in the others. */
    readonly decode: Coverage | null;
    /** Batches that prefill and decode. */
    readonly mixed: Coverage | null;
    /** Batches that prefill alone. */
    readonly prefill: Coverage | null;
  };
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
   * @param table training and validation rows.
   */
  constructor(
    program: Program,
    fits: readonly GroupFit[],
    table: RegressionTable,
    settings: Pick<EvaluateSettings, 'scope' | 'objective' | 'requestWeights' | 'sampleRows'>,
  ) {
    this.#graph = differentiate(program);
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

function perRegime<T>(of: (regime: Regime) => T): PerRegime<T> {
  return Object.fromEntries(REGIMES.map((regime) => [regime, of(regime)])) as Record<Regime, T>;
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

/** Those of a regime where they are enough, else all. */
function ofRegime<T extends { readonly regime: Regime }>(all: readonly T[], regime: Regime): readonly T[] {
  const own = all.filter((row) => row.regime === regime);
  return own.length < LEAST_ROWS ? all : own;
}

/** A validation row. */
interface Judged {
  readonly group: string;
  readonly regime: Regime;
  readonly fold: number;
  /** How far from the prediction it lies, in lengths of the interval on that side. */
  readonly score: number;
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
  return measuredRows(group, 'valid').flatMap((rows) =>
    timeBlocks(rows, FOLD_BLOCKS).flatMap(([start, end], block) =>
      Array.from({ length: end - start }, (_, k) => ({
        group: group.name,
        regime: regimes[start + k]!,
        fold: block % 2,
        score: scoreOf(start + k),
      })),
    ),
  );
}

/** So many lengths hold nine of ten rows. */
function scaleOf(rows: readonly Judged[]): PerRegime<number> {
  return perRegime((regime) => {
    const scores = Float64Array.from(ofRegime(rows, regime), ({ score }) => score).filter(Number.isFinite);
    return scores.length === 0 ? 1 : quantile(scores, 0.9);
  });
}

function reportOf(judged: readonly Judged[]): CoverageReport {
  const groups = groupBy(judged, ({ group }) => group);
  const isWithin = new Map<Judged, boolean>();
  for (const rows of groups.values()) {
    for (const fold of [0, 1]) {
      const others = rows.filter((row) => row.fold !== fold);
      const scale = scaleOf(others.length === 0 ? rows : others);
      for (const row of rows) if (row.fold === fold) isWithin.set(row, row.score <= scale[row.regime]);
    }
  }
  const coverage = (own: readonly Judged[]): Coverage => ({
    rows: own.length,
    coverage: (100 * own.filter((row) => isWithin.get(row) === true).length) / own.length,
  });
  return {
    ...coverage(judged),
    byRegime: perRegime((regime) => {
      const own = judged.filter((row) => row.regime === regime);
      return own.length === 0 ? null : coverage(own);
    }),
  };
}
