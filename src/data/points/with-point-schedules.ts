import { groupBy } from '../../base/index.ts';
import { concatColumns } from '../../numeric/index.ts';
import type { ServingContext } from '../../physics/index.ts';
import { type ClientOverheads, NO_OVERHEADS } from '../clients/overheads.ts';
import { servingContext } from '../context.ts';
import type { Dataset, Experiment } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import { engineOf } from '../replay/engine-of.ts';
import type { Replay } from '../replay/replay.ts';
import { splitRanges } from '../split.ts';
import { beyondSteps, type FirstTokenTime } from './beyond-steps.ts';
import { type LeftOutPoints, sumOfLeftOut } from './left-out.ts';
import {
  decodeUs,
  estimatedTimes,
  leastSums,
  leastTimes,
  type ScheduledPoint,
  shapeColumns,
  shapesOf,
} from './point-rows.ts';
import { type PointSchedule, pointSchedule } from './point-schedule.ts';
import { meanLength, pointColumns, pointsOf, type ServingPoint } from './points.ts';

/** Of the shortest time to first token of an experiment at most this share is taken for what lies beyond steps. */
const MOST_BEYOND = 0.5;

/**
 * The dataset with the batches behind its serving points, and without those that cannot be explained by any: those with several tokens a
 * step, and those whose contexts do not fit into the memory.
 */
export function withPointSchedules(dataset: Dataset): Dataset {
  const lacks = ({ points, replay }: Experiment): boolean => points !== undefined && replay === undefined;
  if (!dataset.experiments.some(lacks)) return dataset;
  const schedules = new Map<string, PointSchedule>();
  const leftOut: (LeftOutPoints | undefined)[] = [dataset.leftOut];
  const found = dataset.experiments.filter(lacks).flatMap((experiment): readonly Scheduled[] => {
    const { used, ...others } = scheduled(experiment, servingContext(dataset, experiment), schedules);
    leftOut.push(others.leftOut);
    return used.length === 0 ? [] : [{ experiment, used }];
  });
  const byEngine = groupBy(found, engineName);
  const beyondUs = new Map([...byEngine].map(([engine, own]) => [engine, beyondSteps(own.flatMap(trainingTimes))]));
  const experiments = found.map((each): Experiment => {
    const least = Math.min(...trainingTimes(each).map(({ ttftUs }) => ttftUs));
    const requestUs = Math.min(beyondUs.get(engineName(each))!, MOST_BEYOND * least);
    const { used, experiment } = each;
    const { settings } = engineOf(experiment, servingContext(dataset, experiment));
    return {
      ...experiment,
      points: pointColumns(used.map(({ point }) => point)),
      replay: replayOf(used, settings.kvBlocks, { ...NO_OVERHEADS, requestUs }),
    };
  });
  return makeDataset(
    dataset.source,
    [...dataset.experiments.filter((experiment) => !lacks(experiment)), ...experiments],
    dataset.architectures,
    dataset.accelerators,
    sumOfLeftOut(leftOut),
  );
}

/** An experiment with the points that are used. */
interface Scheduled {
  readonly experiment: Experiment;
  readonly used: readonly UsedPoint[];
}

interface UsedPoint extends ScheduledPoint {
  /** The least that each of its rows could take, µs. */
  readonly least: Float64Array;
}

function engineName({ experiment }: Scheduled): string | undefined {
  return experiment.settings?.engine;
}

function trainingTimes({ used }: Scheduled): readonly FirstTokenTime[] {
  return used
    .slice(...splitRanges(used.length).train)
    .map(({ point, schedule, least }) => ({ ttftUs: point.ttftUs, leastUs: leastSums(schedule, least).first }));
}

/** @param schedules of loads that were met before, by all that decides them. */
function scheduled(
  experiment: Experiment,
  context: ServingContext,
  schedules: Map<string, PointSchedule>,
): { readonly used: readonly UsedPoint[]; readonly leftOut: LeftOutPoints | undefined } {
  const { settings } = engineOf(experiment, context);
  const { maxNumBatchedTokens: budget, blockSize, kvBlocks } = settings;
  const all = pointsOf(experiment.points!);
  const points = all
    .filter((point) => heldTokens(point) <= kvBlocks * blockSize)
    .map((point): ScheduledPoint => {
      const { clients, promptTokens, outputTokens, leastShare } = point;
      const key = [clients, promptTokens, outputTokens, leastShare, budget, blockSize].join(' ');
      const schedule = schedules.get(key) ?? pointSchedule(point, budget, blockSize);
      schedules.set(key, schedule);
      return { point, schedule };
    });
  const steps = shapeColumns(
    points.flatMap(({ schedule }) => shapesOf(schedule)),
    kvBlocks,
  );
  const least = leastTimes(steps, context);
  let row = 0;
  const used = points
    .map((each): UsedPoint => {
      const first = row;
      row += shapesOf(each.schedule).length;
      return { ...each, least: least.slice(first, row) };
    })
    .filter((each) => decodeUs(each.point) >= leastSums(each.schedule, each.least).decode);
  const leftOut = sumOfLeftOut([
    { 'beyond-memory': all.length - points.length, 'several-tokens': points.length - used.length },
  ]);
  return { used, leftOut };
}

/** Tokens in the KV cache where all clients are at the end of their answers. */
function heldTokens({ clients, promptTokens, outputTokens, leastShare }: ServingPoint): number {
  return clients * meanLength(promptTokens + outputTokens, leastShare);
}

function replayOf(points: readonly UsedPoint[], kvBlocks: number, overheads: ClientOverheads): Replay {
  const shapes = points.flatMap(({ schedule }) => shapesOf(schedule));
  const counts = Float64Array.from(shapes, ({ steps }) => steps);
  const durationUs = concatColumns(points.map((point) => estimatedTimes(point, point.least)));
  const arrivals: number[] = [];
  let row = 0;
  for (const { least } of points) {
    arrivals.push(row);
    row += least.length;
  }
  return Object.freeze({
    steps: Object.freeze({ ...shapeColumns(shapes, kvBlocks), durationUs }),
    counts,
    arrivalRow: Int32Array.from(arrivals),
    firstTokenRow: Int32Array.from(points, ({ schedule }, at) => arrivals[at]! + schedule.first.length - 1),
    lastTokenRow: Int32Array.from(points, ({ least }, at) => arrivals[at]! + least.length - 1),
    arrivalHead: Float64Array.from(arrivals, (at) => counts[at]!),
    overheads,
  });
}
