import { groupBy } from '../../base/index.ts';

/** What tells the engines of step records apart, one entry a record. */
export interface EngineTraces {
  readonly stepId: Float64Array;
  readonly startNs: Float64Array;
  /** What the source says of the engine of each record; empty text where it says nothing. */
  readonly labels?: readonly string[] | undefined;
}

/** Engine of each record, from 0; or a step id that two records of one engine share, where nothing tells engines apart. */
export type Engines = { readonly engines: Float64Array; readonly count: number } | { readonly repeatedId: number };

type Rows = Int32Array | readonly number[];

/** A clock that was set back shows as one fall of the start times, in the order of the ids; so many are more than that. */
const MANY_FALLS = 3;
/** A restart is told from single odd records: so many records an engine on average. */
const RECORDS_OF_AN_ENGINE = 4;
/** Share of neighbouring steps that start in the wrong order where ranks take turns. */
const OFTEN = 0.05;
/** Data-parallel ranks that share one counter of steps, at most. */
const MOST_RANKS = 64;

/**
 * Which engine each step record is of. What the source says decides; inside one label, and without labels, ids and clock do:
 *
 * - ids that ascend with the start times are of one engine, and so are those of a clock that was set back once or twice;
 * - ranks that take turns with one counter have ids of equal remainder each, and start times that ascend in each;
 * - after a restart, in order of the clock or else of the records, the ids start again.
 *
 * Equal records must have been left out before.
 */
export function separateEngines({ stepId, startNs, labels }: EngineTraces): Engines {
  const engines = new Float64Array(stepId.length);
  let count = 0;
  for (const rows of rowsByLabel(stepId.length, labels)) {
    const parts = partsOf(rows, stepId, startNs);
    if (parts === undefined) return { repeatedId: repeatedId(rows, stepId)! };
    for (const part of parts) {
      for (const row of part) engines[row] = count;
      count++;
    }
  }
  return { engines, count: Math.max(count, 1) };
}

function rowsByLabel(length: number, labels: readonly string[] | undefined): readonly Int32Array[] {
  const all = Int32Array.from({ length }, (_, row) => row);
  const groups = groupBy(all, (row) => labels?.[row] ?? '');
  const names = [...groups.keys()].sort((x, y) => Number(x) - Number(y) || (x < y ? -1 : 1));
  return names.map((name) => Int32Array.from(groups.get(name)!));
}

/** Rows of each engine, each ascending by id; undefined where ids repeat and nothing tells engines apart. */
function partsOf(rows: Int32Array, stepId: Float64Array, startNs: Float64Array): readonly Rows[] | undefined {
  const byId = rows.slice().sort((a, b) => stepId[a]! - stepId[b]! || startNs[a]! - startNs[b]! || a - b);
  const isUnique = repeatedId(rows, stepId) === undefined;
  if (isUnique && falls(byId, startNs) < MANY_FALLS) return [byId];
  const byStart = rows.slice().sort((a, b) => startNs[a]! - startNs[b]! || stepId[a]! - stepId[b]! || a - b);
  return (
    (isUnique ? ranks(byId, stepId, startNs) : undefined) ??
    runs(byStart, stepId, startNs) ??
    runs(rows, stepId, startNs) ??
    (isUnique ? [byId] : undefined)
  );
}

function repeatedId(rows: Int32Array, stepId: Float64Array): number | undefined {
  const ids = Float64Array.from(rows, (row) => stepId[row]!).sort();
  return ids.find((id, at) => id === ids[at - 1]);
}

function falls(rows: Rows, values: Float64Array): number {
  let count = 0;
  for (let at = 1; at < rows.length; at++) if (values[rows[at]!]! < values[rows[at - 1]!]!) count++;
  return count;
}

/** Remainders of the ids, by the least divisor for which start times ascend in each class. */
function ranks(byId: Int32Array, stepId: Float64Array, startNs: Float64Array): readonly Rows[] | undefined {
  if (shareOfFalls(byId, stepId, startNs) < OFTEN) return undefined;
  const most = Math.min(MOST_RANKS, Math.floor(byId.length / RECORDS_OF_AN_ENGINE));
  for (let divisor = 2; divisor <= most; divisor++) {
    const classes = Array.from({ length: divisor }, (): number[] => []);
    const ascends = byId.every((row) => {
      const part = classes[stepId[row]! % divisor]!;
      const last = part.at(-1);
      part.push(row);
      return last === undefined || !(startNs[row]! < startNs[last]!);
    });
    const taken = classes.filter((part) => part.length > 0);
    if (ascends && taken.length > 1) return taken;
  }
  return undefined;
}

/** How often the start falls from one step to the next; a clock that is set back now and then does so rarely. */
function shareOfFalls(byId: Int32Array, stepId: Float64Array, startNs: Float64Array): number {
  let pairs = 0;
  let count = 0;
  for (let at = 1; at < byId.length; at++) {
    const [before, row] = [byId[at - 1]!, byId[at]!];
    if (stepId[row]! !== stepId[before]! + 1) continue;
    pairs++;
    if (startNs[row]! < startNs[before]!) count++;
  }
  return count / Math.max(pairs, 1);
}

/** Parts in which ids and start times ascend, where each new one starts again near the first id of the one before. */
function runs(rows: Int32Array, stepId: Float64Array, startNs: Float64Array): readonly Rows[] | undefined {
  const parts: number[][] = [];
  for (const row of rows) {
    const part = parts.at(-1);
    const last = part?.at(-1);
    if (last !== undefined && stepId[row]! > stepId[last]!) {
      part!.push(row);
      continue;
    }
    if (last !== undefined && stepId[row]! > (stepId[part![0]!]! + stepId[last]!) / 2) return undefined;
    parts.push([row]);
  }
  const isWhole = parts.every((part) => falls(part, startNs) === 0);
  return isWhole && rows.length >= RECORDS_OF_AN_ENGINE * parts.length ? parts : undefined;
}
