import { median } from '../../numeric/index.ts';
import {
  differentiateGraph,
  type FeatureTable,
  interpret,
  measure,
  type Program,
  reductionOf,
} from '../../program/index.ts';
import { batchGraph, type ContextSource, kvTokensOf } from '../../physics/index.ts';
import { reductionsOfSums } from '../validation/batch-reductions.ts';
import { type BatchSums, parameterValues } from '../validation/batch-sums.ts';
import { GROW, type Growth } from '../validation/larger-batch.ts';
import { sumsOf } from '../validation/monotonicity.ts';
import { type ExplainedRows, valuesOf } from './explained-rows.ts';

/** Which way the time moves, and which way it should. */
export interface FoundSign {
  /** `batch`: a batch grows in one respect, and all features with it; `feature`: one feature that the program reads grows alone. */
  readonly of: 'batch' | 'feature';
  /** In words, or that of a feature. */
  readonly name: string;
  /** What it is counted in. */
  readonly unit: string;
  /** Null where nothing is expected. */
  readonly expected: 'rises' | 'falls' | null;
  /** What it does in at least 95 % of the rows; `mixed` where it does nothing so often. */
  readonly found: 'rises' | 'falls' | 'flat' | 'mixed';
  /** Percent of the rows in which the time rises. */
  readonly rises: number;
  /** Percent of the rows in which it falls; in all others it stands still. */
  readonly falls: number;
  /** Median of the slope, µs for one more of the unit. */
  readonly medianUs: number;
  /** Rows that were looked at. */
  readonly rows: number;
}

/** Share of the rows that make it a finding. */
const MOST = 0.95;
/** Less than this of the time for a thousandth more of the batch is rounding. */
const SLACK = 1e-12;
/** Rows of an experiment that are looked at, evenly spread. */
const ROWS = 200;

const GROWTHS: { readonly [G in Growth]: { readonly name: string; readonly unit: string } } = {
  prefillTokens: { name: 'prefill tokens', unit: 'tokens' },
  decodeRequests: { name: 'decoding requests', unit: 'requests' },
  context: { name: 'context', unit: 'tokens' },
};

/** Units of which more means more work; more GPUs share it. */
const EXPECTED: Readonly<Record<string, FoundSign['expected']>> = {
  tokens: 'rises',
  requests: 'rises',
  µs: 'rises',
  layers: 'rises',
  '10⁹': 'rises',
  GPUs: 'falls',
};

/** What happens to the time where batches grow, and where single features do. */
export function foundSigns(
  program: Program,
  parts: readonly ExplainedRows[],
  features: FeatureTable,
  contexts: ContextSource,
): readonly FoundSign[] {
  return [...signsOfBatches(program, parts, contexts), ...signsOfFeatures(program, parts, features)];
}

function signsOfBatches(
  program: Program,
  parts: readonly ExplainedRows[],
  contexts: ContextSource,
): readonly FoundSign[] {
  const graph = batchGraph(program, contexts);
  return (Object.keys(GROWTHS) as Growth[]).flatMap((growth) => {
    const slopes = parts.flatMap(({ rows, constants }) => {
      const { context, steps } = rows;
      const parameters = parameterValues(context);
      const valueOf = (batch: BatchSums): number =>
        interpret(graph, { features: { ...parameters, ...batch, ...reductionsOfSums(graph, batch) }, constants })[0]!;
      const kvTokens = kvTokensOf(steps, context.blockSize);
      return spread(rows.y.length).flatMap((row) => {
        const batch = sumsOf(rows, kvTokens, row);
        const larger = GROW[growth](batch, context.blockSize);
        if (larger === undefined) return [];
        const more = {
          prefillTokens: larger.prefillTokens - batch.prefillTokens,
          decodeRequests: 1,
          context: larger.kvTokens - batch.kvTokens,
        };
        const before = valueOf(batch);
        const rise = valueOf(larger) - before;
        return [(Math.abs(rise) <= 1e-9 * Math.abs(before) ? 0 : rise) / more[growth]];
      });
    });
    return signOf({ of: 'batch', ...GROWTHS[growth], expected: 'rises' }, slopes);
  });
}

function signsOfFeatures(
  program: Program,
  parts: readonly ExplainedRows[],
  features: FeatureTable,
): readonly FoundSign[] {
  const names = measure(program).features;
  const graph = differentiateGraph(program.graph, 'feature', names);
  const slopes = parts.map((part) => valuesOf(graph, part));
  return names.flatMap((name, at) => {
    const unit = features.find((feature) => feature.name === name)?.unit ?? '1';
    const expected = EXPECTED[unit] ?? (reductionOf(name) === undefined || unit === '1' ? null : 'rises');
    const own = parts.flatMap(({ columns, rows }, part) => {
      const [value, slope] = [slopes[part]![0]!, slopes[part]![at + 1]!];
      return spread(rows.y.length).map((row) =>
        Math.abs(slope[row]! * columns[name]![row]!) <= SLACK * Math.abs(value[row]!) && columns[name]![row] !== 0
          ? 0
          : slope[row]!,
      );
    });
    return signOf({ of: 'feature', name, unit, expected }, own);
  });
}

/** Rows of an experiment at equal distances. */
function spread(length: number): readonly number[] {
  const stride = Math.max(1, Math.floor(length / ROWS));
  return Array.from({ length: Math.ceil(length / stride) }, (_, at) => at * stride);
}

function signOf(
  about: Pick<FoundSign, 'of' | 'name' | 'unit' | 'expected'>,
  slopes: readonly number[],
): readonly FoundSign[] {
  const known = slopes.filter(Number.isFinite);
  const rows = known.length;
  if (rows === 0) return [];
  const up = known.filter((slope) => slope > 0).length;
  const down = known.filter((slope) => slope < 0).length;
  const found =
    up >= MOST * rows ? 'rises' : down >= MOST * rows ? 'falls' : rows - up - down >= MOST * rows ? 'flat' : 'mixed';
  return [{ ...about, found, rises: (100 * up) / rows, falls: (100 * down) / rows, medianUs: median(known), rows }];
}
