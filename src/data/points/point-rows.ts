import { computeFeatures, type ServingContext, type StepColumns } from '../../physics/index.ts';
import { COLUMN_NAMES } from '../steps/column-names.ts';
import type { PointSchedule, WeightedShape } from './point-schedule.ts';
import { meanLength, type ServingPoint } from './points.ts';

/** A point whose batches are known. */
export interface ScheduledPoint {
  readonly point: ServingPoint;
  readonly schedule: PointSchedule;
}

/** What the hardware needs at its peak for the steps of the mean request of a point, µs. */
export interface LeastSums {
  /** From its arrival to its first token. */
  readonly first: number;
  /** From there to its last token. */
  readonly decode: number;
}

/** The shapes of a schedule in their order: those to the first token, then the others. */
export function shapesOf({ first, decode }: PointSchedule): readonly WeightedShape[] {
  return [...first, ...decode];
}

/** Rows of schedules one after another, as step records have them; what a mean over batches has not is NaN. */
export function shapeColumns(shapes: readonly WeightedShape[], kvBlocks: number): StepColumns {
  const column = (of: (shape: WeightedShape, at: number) => number): Float64Array => Float64Array.from(shapes, of);
  const unknown = COLUMN_NAMES.map((name) => [name, column(() => Number.NaN)]);
  return {
    ...(Object.fromEntries(unknown) as unknown as StepColumns),
    stepId: column((_, at) => at + 1),
    prefillRequests: column(({ prefillRequests }) => prefillRequests),
    prefillTokens: column(({ prefillTokens }) => prefillTokens),
    decodeRequests: column(({ decodeRequests }) => decodeRequests),
    decodeTokens: column(({ decodeTokens }) => decodeTokens),
    scheduledTokens: column(({ prefillTokens, decodeTokens }) => prefillTokens + decodeTokens),
    runningDepth: column(({ prefillRequests, decodeRequests }) => prefillRequests + decodeRequests),
    kvBlocksTotal: column(() => kvBlocks),
    kvBlocksFree: column(({ usedBlocks }) => kvBlocks - usedBlocks),
  };
}

const COMPUTE = ['prefillGemmUs', 'decodeGemmUs', 'prefillAttentionUs', 'decodeAttentionUs'] as const;
const MEMORY = ['weightsUs', 'kvReadUs'] as const;

/** Arithmetic at peak or, where that is longer, weights and contexts at peak bandwidth, of each row, µs. */
export function leastTimes(steps: StepColumns, context: ServingContext): Float64Array {
  const column = computeFeatures(steps, context, [...COMPUTE, ...MEMORY]);
  const sum = (names: readonly string[], row: number): number =>
    names.reduce((total, name) => total + column[name]![row]!, 0);
  return steps.stepId.map((_, row) => Math.max(sum(COMPUTE, row), sum(MEMORY, row)));
}

/** @param least times of the rows of the schedule */
export function leastSums({ first, decode }: PointSchedule, least: Float64Array): LeastSums {
  const sum = (shapes: readonly WeightedShape[], from: number): number =>
    shapes.reduce((total, { steps }, at) => total + steps * least[from + at]!, 0);
  return { first: sum(first, 0), decode: sum(decode, first.length) };
}

/**
 * A first estimate of the time of each batch shape: what was measured goes to the steps in proportion to the least that each could take.
 *
 * @param least times of the rows of the schedule
 */
export function estimatedTimes({ point, schedule }: ScheduledPoint, least: Float64Array): Float64Array {
  const sums = leastSums(schedule, least);
  const { ttftUs } = point;
  return least.map((us, at) =>
    at < schedule.first.length ? (us * ttftUs) / sums.first : (us * decodeUs(point)) / sums.decode,
  );
}

/** From the first token to the last, on average. */
export function decodeUs({ tpotUs, outputTokens, leastShare }: ServingPoint): number {
  return tpotUs * (meanLength(outputTokens, leastShare) - 1);
}
