import { createHash, type Hash } from 'node:crypto';
import { canonicalJson, UserError } from '../base/index.ts';
import type { Architecture, Hardware, RequestColumn } from '../physics/index.ts';
import { COLUMN_NAMES } from './steps/column-names.ts';
import type { Dataset, Experiment } from './dataset.ts';
import type { LeftOutPoints } from './points/left-out.ts';
import { POINT_COLUMN_NAMES } from './points/points.ts';
import type { Replay } from './replay/replay.ts';
import { REQUEST_COLUMN_NAMES } from './requests.ts';

/**
 * A dataset of experiments: ordered by id, hashed, frozen.
 *
 * @param architectures those that the project does not ship; only the ones in use are kept.
 * @param accelerators the same of hardware.
 * @param leftOut serving points of its sources that are not among those of the experiments.
 * @throws UserError where two experiments have the same id or there is none.
 */
export function makeDataset(
  source: string,
  experiments: readonly Experiment[],
  architectures: readonly Architecture[] = [],
  accelerators: readonly Hardware[] = [],
  leftOut?: LeftOutPoints,
): Dataset {
  const ordered = [...experiments].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const repeated = ordered.find((experiment, at) => experiment.id === ordered[at - 1]?.id);
  if (repeated !== undefined) {
    throw new UserError({
      code: 'data.repeated-experiment',
      place: { file: source },
      problem: `two experiments are called \`${repeated.id}\``,
      mend: 'Rename the file or folder of one; tables, which are named by their model and workload, need one of their own',
    });
  }
  if (ordered.length === 0) {
    throw new UserError({
      code: 'data.no-experiments',
      place: { file: source },
      problem: 'no experiments in it',
      mend: 'Give a source with experiments',
    });
  }
  const used = architectures.filter(({ name }) => ordered.some((experiment) => experiment.architecture === name));
  const installed = accelerators.filter(({ name }) => ordered.some((experiment) => experiment.hardware === name));
  return Object.freeze({
    source,
    hash: hashOf(ordered, used, installed),
    experiments: Object.freeze(ordered),
    ...(used.length > 0 && { architectures: Object.freeze(used) }),
    ...(installed.length > 0 && { accelerators: Object.freeze(installed) }),
    ...(leftOut && { leftOut }),
  });
}

/** SHA-256 over what the experiments are and their columns' bytes, hex; the source's path is no part of it. */
function hashOf(
  experiments: readonly Experiment[],
  architectures: readonly Architecture[],
  accelerators: readonly Hardware[],
): string {
  const hash = createHash('sha256');
  hash.update(canonicalJson(architectures.map(sortedEntries)));
  if (accelerators.length > 0) hash.update(canonicalJson(accelerators));
  for (const experiment of experiments) addTo(hash, experiment);
  return hash.digest('hex');
}

/** SHA-256 over one experiment, hex: equal where nothing differs. */
export function experimentHash(experiment: Experiment): string {
  const hash = createHash('sha256');
  addTo(hash, experiment);
  return hash.digest('hex');
}

const CELLS_AT_ONCE = 1 << 14;

/** What is absent leaves no trace, so that the hash of a dataset does not change with what others may hold. */
function addTo(hash: Hash, experiment: Experiment): void {
  const { id, model, workload, tp, architecture, hardware, blockSize } = experiment;
  const doubles = new Float64Array(CELLS_AT_ONCE);
  hash.update(JSON.stringify([id, model, workload, tp, architecture, hardware, blockSize]));
  hash.update(JSON.stringify(experiment.measured ? sortedEntries(experiment.measured) : null));
  const { settings, treatment, load, reports, deployment } = experiment;
  for (const part of [settings, treatment, load, reports, deployment]) {
    if (part !== undefined) hash.update(JSON.stringify(sortedEntries(part)));
  }
  if (experiment.removed?.bad !== undefined) hash.update(`bad:${experiment.removed.bad}:`);
  for (const [name, column] of columnsOf(experiment)) {
    hash.update(`${name}:${column.length}:`);
    // Some cells at a time and in one buffer: the state of requests is large, and its doubles are twice as large.
    for (let from = 0; from < column.length; from += CELLS_AT_ONCE) {
      const cells = column.subarray(from, from + CELLS_AT_ONCE);
      doubles.set(cells);
      hash.update(new Uint8Array(doubles.buffer, 0, 8 * cells.length));
    }
  }
}

type HashedColumn = readonly [string, RequestColumn];

function columnsOf({ steps, engines, state, requests, points, replay, kvEvents }: Experiment): readonly HashedColumn[] {
  const { tokenTimes, originNs } = requests ?? {};
  return [
    ...(steps ? COLUMN_NAMES.map((name) => [name, steps[name]] as const) : []),
    ...(steps?.kvTokens ? [['kvTokens', steps.kvTokens] as const] : []),
    ...(engines ? [['engines', engines] as const] : []),
    ...(kvEvents ? sortedEntries(kvEvents).map(([name, column]) => [`kv.${name}`, column] as const) : []),
    ...(state ? sortedEntries(state).map(([name, column]) => [`state.${name}`, column] as const) : []),
    ...(requests ? REQUEST_COLUMN_NAMES.map((name) => [`request.${name}`, requests[name]] as const) : []),
    ...(tokenTimes ? sortedEntries(tokenTimes).map(([name, column]) => [`token.${name}`, column] as const) : []),
    ...(points ? POINT_COLUMN_NAMES.map((name) => [`point.${name}`, points[name]] as const) : []),
    ...(replay ? replayColumns(replay) : []),
    ...(originNs === undefined ? [] : [['request.originNs', Float64Array.of(originNs)] as const]),
  ];
}

function replayColumns({ steps, counts, requests, overheads, ...places }: Replay): readonly HashedColumn[] {
  return [
    ...COLUMN_NAMES.map((name) => [`replay.${name}`, steps[name]] as const),
    ['replay.counts', counts],
    ...(requests ? sortedEntries(requests).map(([name, column]) => [`replay.request.${name}`, column] as const) : []),
    ...sortedEntries(places).map(([name, column]) => [`replay.${name}`, Float64Array.from(column)] as const),
    ...sortedEntries(overheads).map(([name, us]) => [`replay.${name}`, Float64Array.of(us)] as const),
  ];
}

function sortedEntries<T extends object>(part: T): [string, T[keyof T]][] {
  return Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)) as [string, T[keyof T]][];
}
