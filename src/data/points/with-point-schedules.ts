import { groupBy } from '../../base/index.ts';
import { concatColumns } from '../../numeric/index.ts';
import { computeFeatures, type ServingContext, type StepColumns } from '../../physics/index.ts';
import { type ClientOverheads, NO_OVERHEADS } from '../clients/overheads.ts';
import { servingContext } from '../context.ts';
import type { Dataset, Experiment } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import { engineOf } from '../replay/engine-of.ts';
import type { Replay } from '../replay/replay.ts';
import { type LeftOutPoints, type LeftOutRule, sumOfLeftOut } from './left-out.ts';
import { beyondSteps, type FirstTokenTime } from './beyond-steps.ts';
import { type PointSchedule, pointSchedule, type WeightedShape } from './point-schedule.ts';
import { meanLength, pointColumns, pointsOf, type ServingPoint } from './points.ts';
import { splitRanges } from '../split.ts';
import { COLUMN_NAMES } from '../steps/column-names.ts';

/** Points of a load are as many as their configurations; its schedule is theirs. */
type Schedules = Map<string, PointSchedule>;

/**
 * The dataset with the batches behind its serving points, and without those that cannot be explained by any: those with several tokens a
 * step, and those whose contexts do not fit into the memory.
 */
export function withPointSchedules(dataset: Dataset): Dataset {
  const lacks = ({ points, replay }: Experiment): boolean => points !== undefined && replay === undefined;
  if (!dataset.experiments.some(lacks)) return dataset;
  const schedules: Schedules = new Map();
  const leftOut: LeftOutPoints[] = [];
  const found = dataset.experiments.flatMap((experiment): readonly Scheduled[] => {
    if (!lacks(experiment)) return [];
    const scheduled = scheduledPoints(experiment, servingContext(dataset, experiment), schedules);
    leftOut.push(...scheduled.flatMap(({ rule }) => (rule === undefined ? [] : [{ [rule]: 1 }])));
    const used = scheduled.filter(({ rule }) => rule === undefined);
    return used.length === 0 ? [] : [{ experiment, used }];
  });
  const byEngine = groupBy(found, ({ experiment }) => experiment.settings?.engine);
  const beyondUs = new Map([...byEngine].map(([engine, own]) => [engine, beyondSteps(own.flatMap(trainingTimes))]));
  const experiments = [
    ...dataset.experiments.filter((experiment) => !lacks(experiment)),
    ...found.map((each): Experiment => {
      const { experiment, used } = each;
      const least = Math.min(...trainingTimes(each).map(({ ttftUs }) => ttftUs));
      const requestUs = Math.min(beyondUs.get(experiment.settings?.engine) ?? 0, MOST_BEYOND * least);
      return {
        ...experiment,
        points: pointColumns(used.map(({ point }) => point)),
        replay: replayOf(used, { ...NO_OVERHEADS, requestUs }),
      };
    }),
  ];
  return makeDataset(
    dataset.source,
    experiments,
    dataset.architectures,
    dataset.accelerators,
    sumOfLeftOut([dataset.leftOut, ...leftOut]),
  );
}

/** Of the shortest time to first token of an experiment at most this share is taken for what lies beyond steps. */
const MOST_BEYOND = 0.5;

/** An experiment with the points that are used. */
interface Scheduled {
  readonly experiment: Experiment;
  readonly used: readonly ScheduledPoint[];
}

function trainingTimes({ used }: Scheduled): readonly FirstTokenTime[] {
  return used.slice(...splitRanges(used.length).train).map(({ point: { ttftUs }, leastUs }) => ({ ttftUs, leastUs }));
}

/** A point with the rows of its schedule. */
interface ScheduledPoint {
  readonly point: ServingPoint;
  readonly schedule: PointSchedule;
  readonly steps: StepColumns;
  /** Shortest time from arrival to first token. */
  readonly leastUs: number;
  /** Why it is not used. */
  readonly rule: LeftOutRule | undefined;
}

function scheduledPoints(
  experiment: Experiment,
  context: ServingContext,
  schedules: Schedules,
): readonly ScheduledPoint[] {
  const { settings } = engineOf(experiment, context);
  return pointsOf(experiment.points!).flatMap((point) => {
    const { clients, promptTokens, outputTokens, leastShare } = point;
    const held = clients * meanLength(promptTokens + outputTokens, leastShare);
    if (held > settings.kvBlocks * settings.blockSize) return [unscheduled(point, 'beyond-memory')];
    const budget = settings.maxNumBatchedTokens;
    const key = [clients, promptTokens, outputTokens, leastShare, budget, settings.blockSize].join(' ');
    const schedule = schedules.get(key) ?? pointSchedule(point, budget, settings.blockSize);
    schedules.set(key, schedule);
    const measured = timed(stepsOf(schedule, settings.kvBlocks), schedule, point, context);
    const rule = measured.isTooFast ? 'several-tokens' : undefined;
    return [{ point, schedule, steps: measured.steps, leastUs: measured.firstLeastUs, rule }];
  });
}

function unscheduled(point: ServingPoint, rule: LeftOutRule): ScheduledPoint {
  const schedule = { first: [], decode: [] };
  return { point, schedule, steps: stepsOf(schedule, 0), leastUs: Number.NaN, rule };
}

/** Rows of a schedule as step records have them; what a mean has not is not known. */
function stepsOf({ first, decode }: PointSchedule, kvBlocks: number): StepColumns {
  const shapes = [...first, ...decode];
  const column = (of: (shape: WeightedShape, at: number) => number): Float64Array => Float64Array.from(shapes, of);
  const unknown = COLUMN_NAMES.map((name) => [name, column(() => Number.NaN)]);
  return {
    ...(Object.fromEntries(unknown) as unknown as StepColumns),
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

/**
 * A first estimate of the time of each batch shape: a measured sum goes to its steps in proportion to the shortest time that each could
 * take.
 */
function timed(
  steps: StepColumns,
  { first, decode }: PointSchedule,
  { ttftUs, tpotUs, outputTokens, leastShare }: ServingPoint,
  context: ServingContext,
): { readonly steps: StepColumns; readonly firstLeastUs: number; readonly isTooFast: boolean } {
  const least = leastTimes(steps, context);
  const decodeUs = tpotUs * (meanLength(outputTokens, leastShare) - 1);
  const sum = (shapes: readonly WeightedShape[], from: number): number =>
    shapes.reduce((total, shape, at) => total + shape.steps * least[from + at]!, 0);
  const [firstLeast, decodeLeast] = [sum(first, 0), sum(decode, first.length)];
  const durationUs = least.map((us, at) =>
    at < first.length ? (us * ttftUs) / firstLeast : (us * decodeUs) / decodeLeast,
  );
  return { steps: { ...steps, durationUs }, firstLeastUs: firstLeast, isTooFast: decodeUs < decodeLeast };
}

/** Arithmetic at peak or, where that is longer, weights and contexts at peak bandwidth, µs. */
function leastTimes(steps: StepColumns, context: ServingContext): Float64Array {
  const column = computeFeatures(steps, context, [...COMPUTE, ...MEMORY]);
  const sum = (names: readonly string[], row: number): number =>
    names.reduce((total, name) => total + column[name]![row]!, 0);
  return steps.stepId.map((_, row) => Math.max(sum(COMPUTE, row), sum(MEMORY, row)));
}

const COMPUTE = ['prefillGemmUs', 'decodeGemmUs', 'prefillAttentionUs', 'decodeAttentionUs'] as const;
const MEMORY = ['weightsUs', 'kvReadUs'] as const;

function replayOf(points: readonly ScheduledPoint[], overheads: ClientOverheads): Replay {
  const lengths = points.map(({ steps }) => steps.stepId.length);
  const arrivals = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, 0));
  const counts = Float64Array.from(
    points.flatMap(({ schedule: { first, decode } }) => [...first, ...decode].map(({ steps }) => steps)),
  );
  const columns = COLUMN_NAMES.map((name) => [name, concatColumns(points.map(({ steps }) => steps[name]))]);
  const steps = Object.fromEntries(columns) as unknown as StepColumns;
  return Object.freeze({
    steps: Object.freeze({ ...steps, stepId: counts.map((_, row) => row + 1) }),
    counts,
    arrivalRow: Int32Array.from(arrivals),
    firstTokenRow: Int32Array.from(points, ({ schedule }, at) => arrivals[at]! + schedule.first.length - 1),
    lastTokenRow: Int32Array.from(lengths, (length, at) => arrivals[at]! + length - 1),
    arrivalHead: Float64Array.from(arrivals, (row) => counts[row]!),
    overheads,
  });
}
