import { groupBy } from '../../base/index.ts';
import { bootstrap, createRandom } from '../../numeric/index.ts';
import type { IntervalCoverage } from '../types.ts';
import { ofRegime, perRegime, type PerRegime, type Regime } from './regimes.ts';

/** Share of rows that an interval is to hold. */
const NOMINAL = 0.9;

/** Of measured rows, how many lie within their 90 % interval. */
interface Coverage {
  /** How many were measured. */
  readonly rows: number;
  /** Percent. */
  readonly coverage: number;
}

/** Coverage on validation rows, all together and by what the batches are made of. */
export interface CoverageReport extends IntervalCoverage {
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

/** A validation row. */
export interface Judged {
  readonly group: string;
  /** Number of its experiment in the group. */
  readonly experiment: number;
  /** Number of its block of time in the experiment. */
  readonly block: number;
  readonly regime: Regime;
  /** How far from the prediction it lies, in lengths of the interval on that side. */
  readonly score: number;
}

/**
 * So many lengths hold nine of ten rows, and a further one by the same chance: of n scores the ⌈0.9·(n + 1)⌉-th smallest, or the
 * largest where that is more than there are. Source: Lei et al., "Distribution-free predictive inference for regression", 2018,
 * section 2.2.
 */
export function scaleOf(rows: readonly Judged[]): PerRegime<number> {
  return perRegime((regime) => {
    const own = ofRegime(rows, regime);
    const scores = Float64Array.from(own, ({ score }) => score)
      .filter(Number.isFinite)
      .sort();
    return scores[Math.min(Math.ceil(NOMINAL * (own.length + 1)), scores.length) - 1] ?? 1;
  });
}

/** Coverage of each half of the blocks by the width that the other half asks for. */
export function reportOf(judged: readonly Judged[]): CoverageReport {
  const isWithin = new Map<Judged, boolean>();
  for (const rows of groupBy(judged, ({ group }) => group).values()) {
    for (const half of [0, 1]) {
      const others = rows.filter(({ block }) => block % 2 !== half);
      const scale = scaleOf(others.length === 0 ? rows : others);
      for (const row of rows) if (row.block % 2 === half) isWithin.set(row, row.score <= scale[row.regime]);
    }
  }
  const coverage = (own: readonly Judged[]): Coverage => ({
    rows: own.length,
    coverage: (100 * own.filter((row) => isWithin.get(row) === true).length) / own.length,
  });
  return {
    ...coverage(judged),
    ...chanceOf(judged, isWithin),
    byRegime: perRegime((regime) => {
      const own = judged.filter((row) => row.regime === regime);
      return own.length === 0 ? null : coverage(own);
    }),
  };
}

/** How far the coverage may be chance: rows of one block are alike, so blocks of each experiment are drawn. */
function chanceOf(
  judged: readonly Judged[],
  isWithin: ReadonlyMap<Judged, boolean>,
): Pick<IntervalCoverage, 'low' | 'high'> {
  const experiments = [...groupBy(judged, ({ group, experiment }) => `${experiment} ${group}`).values()].map((rows) =>
    [...groupBy(rows, ({ block }) => block).values()].map((own) => ({
      rows: own.length,
      within: own.filter((row) => isWithin.get(row) === true).length,
    })),
  );
  const { low, high } = bootstrap(
    experiments.map((blocks) => blocks.length),
    (drawn) => {
      let [rows, within] = [0, 0];
      for (const [at, blocks] of experiments.entries()) {
        for (const block of drawn[at]!) {
          rows += blocks[block]!.rows;
          within += blocks[block]!.within;
        }
      }
      return (100 * within) / rows;
    },
    { random: createRandom('coverage') },
  );
  return { low: low!, high: high! };
}
