import { type RegressionTable, withReductionColumns } from '../../../data/index.ts';
import { type Accepted, groupOf, type Scope } from '../../../evaluate/index.ts';
import { interpret, type Program } from '../../../program/index.ts';

/** A training row with what a program makes of it. */
export interface BatchFigures {
  readonly experiment: string;
  /** Values by feature. */
  readonly features: Readonly<Record<string, number>>;
  /** In the unit of the target, where that is no step time; so too below. */
  readonly observedUs: number;
  readonly predictedUs: number;
}

/** Rows of one experiment that are looked at: enough to find where a program fails, few enough to be quick. */
const MOST_ROWS = 400;
/** The worst rows of an experiment are often hiccups of the machine, which no program can know; so many are passed over. */
const HICCUPS = 0.01;

/**
 * Training rows that a program predicts worst, relatively: of each of the given experiments some, for short steps and long ones.
 * Rows of other splits are never read.
 *
 * @param shown names of the features to show
 */
export function worstBatches(
  { program, evaluation }: { readonly program: Program; readonly evaluation: Accepted },
  table: RegressionTable,
  {
    scope,
    shown,
    experiments,
    each,
  }: {
    readonly scope: Scope;
    readonly shown: readonly string[];
    /** Ids, worst first. */
    readonly experiments: readonly string[];
    /** Rows of each experiment. */
    readonly each: number;
  },
): readonly BatchFigures[] {
  const { features, columns: values } = withReductionColumns(table, program.graph);
  const columns = new Map(features.map(({ name }, k) => [name, values[k] as Float64Array]));
  const read = new Set([
    ...program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])),
    ...shown,
  ]);
  const featuresAt = (row: number, names: Iterable<string>): Record<string, number> =>
    Object.fromEntries([...names].map((name) => [name, columns.get(name)?.[row] ?? Number.NaN]));

  return experiments.flatMap((id) => {
    // Of two entries the first: its steps were measured.
    const experiment = table.experiments.find((candidate) => candidate.id === id);
    const fit = experiment && evaluation.fits.find(({ group }) => group === groupOf(experiment, scope));
    if (experiment === undefined || fit === undefined) return [];
    const [start, end] = experiment.rows.train;
    const stride = Math.max(1, Math.ceil((end - start) / MOST_ROWS));
    const rows: PredictedRow[] = [];
    for (let row = start; row < end; row += stride) {
      const inputs = { features: featuresAt(row, read), constants: fit.constants };
      const predictedUs = interpret(program.graph, inputs)[0] ?? Number.NaN;
      const observed = table.y[row] as number;
      const error = features.target === undefined ? predictedUs / observed - 1 : predictedUs - observed;
      rows.push({ row, predictedUs, error: Math.abs(error) });
    }
    // One from each stratum of observed times, because the worst of all are often one and the same batch.
    const byTime = rows.toSorted((a, b) => (table.y[a.row] as number) - (table.y[b.row] as number) || a.row - b.row);
    const strata = Array.from({ length: each }, (_, k) =>
      byTime.slice(Math.floor((k * rows.length) / each), Math.floor(((k + 1) * rows.length) / each)),
    );
    return strata.flatMap(worstOf).map(({ row, predictedUs }) => ({
      experiment: id,
      features: featuresAt(row, shown),
      observedUs: table.y[row] as number,
      predictedUs,
    }));
  });
}

interface PredictedRow {
  readonly row: number;
  readonly predictedUs: number;
  /** Relative. */
  readonly error: number;
}

function worstOf(rows: readonly PredictedRow[]): readonly PredictedRow[] {
  const worst = rows.toSorted((a, b) => b.error - a.error || a.row - b.row);
  const skipped = Math.min(Math.ceil(HICCUPS * worst.length), Math.max(0, worst.length - 1));
  return worst.slice(skipped, skipped + 1);
}
