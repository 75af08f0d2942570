import { kvTokensOf } from '../../physics/index.ts';
import { interpret, type Graph } from '../../program/index.ts';
import type { LabelledRows } from '../rows.ts';
import { reductionsOfSums } from './batch-reductions.ts';
import { type BatchSums, parameterValues } from './batch-sums.ts';
import { GROW, type Growth } from './larger-batch.ts';

/** INV-M-5: shares of measured batches whose time falls when the batch grows. */
export interface Monotonicity {
  /** 5 % more prefill tokens, at least one; batches without prefill are left out. */
  readonly prefillTokens: number;
  /** One more decoding request with the mean context. */
  readonly decodeRequests: number;
  /** 5 % more context, at least one KV block. */
  readonly context: number;
  /** Pairs over all three. */
  readonly pairs: number;
  /** Violations over all pairs. */
  readonly violations: number;
}

/** Less than this relative fall is rounding. */
const SLACK = 1e-9;
/** Rows of an experiment that are looked at, evenly spread. */
const ROWS = 200;

/** Compares each batch with a larger one that differs from it in one respect. */
export function checkMonotonicity(
  graph: Graph,
  constantsOf: (rows: LabelledRows) => Readonly<Record<string, number>>,
  parts: readonly LabelledRows[],
): Monotonicity {
  const counts: { readonly [G in Growth]: [violations: number, pairs: number] } = {
    prefillTokens: [0, 0],
    decodeRequests: [0, 0],
    context: [0, 0],
  };
  for (const part of parts) {
    const constants = constantsOf(part);
    const parameters = parameterValues(part.context);
    const valueOf = (batch: BatchSums): number =>
      interpret(graph, { features: { ...parameters, ...batch, ...reductionsOfSums(graph, batch) }, constants })[0]!;
    const kvTokens = kvTokensOf(part.steps, part.context.blockSize);
    const stride = Math.max(1, Math.floor(part.y.length / ROWS));
    for (let row = 0; row < part.y.length; row += stride) {
      const batch = sumsOf(part, kvTokens, row);
      const before = valueOf(batch);
      for (const growth of Object.keys(GROW) as Growth[]) {
        const larger = GROW[growth](batch, part.context.blockSize);
        if (larger === undefined) continue;
        counts[growth][1]++;
        if (!(valueOf(larger) >= before - SLACK * Math.abs(before))) counts[growth][0]++;
      }
    }
  }
  const share = ([violations, pairs]: readonly [number, number]): number => (pairs === 0 ? 0 : violations / pairs);
  const all = Object.values(counts).reduce<[number, number]>((sum, [v, p]) => [sum[0] + v, sum[1] + p], [0, 0]);
  return {
    prefillTokens: share(counts.prefillTokens),
    decodeRequests: share(counts.decodeRequests),
    context: share(counts.context),
    pairs: all[1],
    violations: share(all),
  };
}

/** The request sums of a row. */
export function sumsOf({ steps, contexts }: LabelledRows, kvTokens: Float64Array, row: number): BatchSums {
  return {
    prefillTokens: steps.prefillTokens[row]!,
    decodeTokens: steps.decodeTokens[row]!,
    prefillRequests: steps.prefillRequests[row]!,
    decodeRequests: steps.decodeRequests[row]!,
    kvTokens: kvTokens[row]!,
    ...Object.fromEntries(
      Object.entries(contexts ?? {}).map(([name, column]: [string, Float64Array]) => [name, column[row]!]),
    ),
  };
}
