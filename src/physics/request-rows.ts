import { reduceBatches, type Reduction, type RequestTable } from '../program/index.ts';
import { REQUEST_FIELDS, requestField } from './request-fields.ts';
import type { BatchState } from './state.ts';

/** Numbers of requests: the narrowest type that holds them, for a trace has millions of them. */
export type RequestColumn = Uint8Array | Uint16Array | Int32Array | Float64Array;

/**
 * The requests of some batches, as columns: those of batch `b` stand from `offsets[b]` up to `offsets[b + 1]`. Only requests that
 * the step computes tokens for are among them.
 */
export interface RequestRows {
  readonly offsets: Float64Array;
  /** Tokens in the KV cache before the step; of equal steps that a row stands for, the mean, which may be no whole number. */
  readonly context: RequestColumn;
  /** Tokens that the step computes. */
  readonly newTokens: RequestColumn;
  readonly promptTokens: RequestColumn;
}

type Columns = Omit<RequestRows, 'offsets'>;

/** The requests of some recorded batches, by their rows. */
export function requestRowsOfState(state: BatchState, rows: ArrayLike<number>): RequestRows {
  const { computedTokens: context, newTokens, promptTokens } = state;
  return gathered({ offsets: state.offsets, context, newTokens, promptTokens }, rows);
}

/** The requests of some of the batches, in the order given. */
export function gatherRequests(requests: RequestRows, rows: ArrayLike<number>): RequestRows {
  return gathered(requests, rows);
}

/** The requests of several parts, part after part. */
export function concatRequests(parts: readonly RequestRows[]): RequestRows {
  const batches = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Float64Array(batches + 1);
  let [batch, first] = [0, 0];
  for (const part of parts) {
    const own = part.offsets.length - 1;
    for (let at = 1; at <= own; at++) offsets[batch + at] = first + part.offsets[at]!;
    batch += own;
    first += part.offsets[own]!;
  }
  const column = (name: keyof Columns): RequestColumn => {
    const width = Math.max(0, ...parts.map((part) => WIDTHS.findIndex((type) => part[name] instanceof type)));
    const all = new WIDTHS[width]!(first);
    let at = 0;
    for (const part of parts) {
      all.set(part[name], at);
      at += part[name].length;
    }
    return all;
  };
  return { offsets, context: column('context'), newTokens: column('newTokens'), promptTokens: column('promptTokens') };
}

/**
 * One value of a reduction for each batch.
 *
 * @param growth factor of all that grows with the size of a request, as if every request were larger by as much.
 */
export function reductionColumn(reduction: Reduction, requests: RequestRows, growth: number = 1): Float64Array {
  return reduceBatches(reduction, requests.offsets, (name, start, end) => {
    const { value, isSize } = requestField(name);
    const factor = isSize ? growth : 1;
    const facts = { context: 0, newTokens: 0, promptTokens: 0 };
    const column = new Float64Array(end - start);
    for (let at = start; at < end; at++) {
      facts.context = requests.context[at]!;
      facts.newTokens = requests.newTokens[at]!;
      facts.promptTokens = requests.promptTokens[at]!;
      column[at - start] = factor * value(facts);
    }
    return column;
  });
}

/**
 * What reductions may read, with the ranges of some batches' requests, which begin and end as those of features do: at 0, and
 * a quarter above the largest value seen.
 */
export function requestTable(requests: RequestRows): RequestTable {
  const beyond = (most: number): number => 1.25 * most;
  const facts = { context: 0, newTokens: 0, promptTokens: 0 };
  const largest = REQUEST_FIELDS.map(() => 0);
  for (let at = 0; at < requests.context.length; at++) {
    facts.context = requests.context[at]!;
    facts.newTokens = requests.newTokens[at]!;
    facts.promptTokens = requests.promptTokens[at]!;
    for (const [k, { value }] of REQUEST_FIELDS.entries()) largest[k] = Math.max(largest[k]!, value(facts));
  }
  let most = 0;
  for (let batch = 1; batch < requests.offsets.length; batch++) {
    most = Math.max(most, requests.offsets[batch]! - requests.offsets[batch - 1]!);
  }
  return {
    most: Math.ceil(beyond(most)),
    fields: REQUEST_FIELDS.map(({ name, unit, meaning, isCount, isDiscrete, limit }, k) => ({
      name,
      unit,
      meaning,
      ...(isCount && { isCount }),
      ...(isDiscrete && { isDiscrete }),
      range: [0, Number.isFinite(limit) ? limit : beyond(largest[k]!)],
    })),
  };
}

function gathered(from: RequestRows, rows: ArrayLike<number>): RequestRows {
  const offsets = new Float64Array(rows.length + 1);
  const eachOf = (row: number, visit: (at: number) => void): void => {
    for (let at = from.offsets[row]!; at < from.offsets[row + 1]!; at++) if (from.newTokens[at]! > 0) visit(at);
  };
  let count = 0;
  for (let at = 0; at < rows.length; at++) {
    eachOf(rows[at]!, () => count++);
    offsets[at + 1] = count;
  }
  const column = (name: keyof Columns): RequestColumn => {
    const source = from[name];
    let [most, isWhole] = [0, true];
    const each = (visit: (value: number) => void): void => {
      for (let at = 0; at < rows.length; at++) eachOf(rows[at]!, (k) => visit(source[k]!));
    };
    each((value) => {
      most = Math.max(most, value);
      isWhole &&= Number.isInteger(value);
    });
    const values = columnFor(isWhole ? most : Number.POSITIVE_INFINITY, count);
    let next = 0;
    each((value) => {
      values[next++] = value;
    });
    return values;
  };
  return { offsets, context: column('context'), newTokens: column('newTokens'), promptTokens: column('promptTokens') };
}

/** From the narrowest to the widest. */
const WIDTHS = [Uint8Array, Uint16Array, Int32Array, Float64Array] as const;
const LIMITS = [2 ** 8, 2 ** 16, 2 ** 31, Number.POSITIVE_INFINITY];

/** The narrowest column that holds numbers from 0 up to one. */
function columnFor(most: number, length: number): RequestColumn {
  const width = LIMITS.findIndex((limit) => most < limit);
  return new (WIDTHS[width] ?? Float64Array)(length);
}
