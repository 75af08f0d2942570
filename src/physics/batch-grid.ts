import type { RequestRows } from './request-rows.ts';

/** Between which batches an engine may be. */
export interface BatchLimits {
  /** Tokens in a step at most. */
  readonly tokenBudget: number;
  /** Requests in a batch at most. */
  readonly requests: number;
  /** Prompt and output of a request together at most, tokens. */
  readonly contextTokens: number;
  /** Tokens that the KV cache holds, and those of a block of it. */
  readonly kvTokens: number;
  readonly blockSize: number;
}

/** Requests of a batch that are alike. */
interface Alike {
  readonly count: number;
  /** Tokens in the KV cache before the step. */
  readonly context: number;
  readonly newTokens: number;
  readonly isPrefill: boolean;
}

/** What varies along a curve of batches. */
export type CurveName = 'promptTokens' | 'contextTokens' | 'requests';

/** Batches of which one quantity rises while the others stand still; each is a position in the grid. */
interface BatchCurve {
  readonly along: CurveName;
  /** What stands still, e.g. `64 decoding requests`. */
  readonly at: string;
  readonly x: readonly number[];
  readonly batches: readonly number[];
}

/** Batches far beyond what a trace holds, from one token up to what the limits allow. */
export interface BatchGrid {
  readonly requests: RequestRows;
  readonly curves: readonly BatchCurve[];
}

/** Numbers of decoding requests at which contexts vary; the limit comes on top. */
const BATCH_SIZES = [1, 8, 64];

/**
 * A grid of batches:
 *
 * - one uncached prompt of 1 token up to the token budget;
 * - 1, 8, 64 and as many decoding requests as there may be, with contexts up to the model's limit, as far as the KV cache goes;
 * - decoding requests from one up to the limit, with a quarter of the longest context;
 * - mixed batches: chunks of a quarter of the budget and of what is left of it, behind nothing and behind half the longest context,
 *   beside few and many decoding requests.
 *
 * @param points on each curve.
 */
export function batchGrid(limits: BatchLimits, points: number): BatchGrid {
  const batches: (readonly Alike[])[] = [];
  const curve = (along: CurveName, at: string, x: readonly number[], batch: (x: number) => Alike): BatchCurve => {
    const first = batches.length;
    for (const value of x) batches.push([batch(value)]);
    return { along, at, x, batches: x.map((_, k) => first + k) };
  };
  const largest = Math.min(limits.requests, limits.tokenBudget);
  const longest = Math.max(1, Math.min(limits.contextTokens - 1, limits.kvTokens));
  const prompt = Math.min(limits.tokenBudget, longest);
  const quarter = Math.max(1, Math.floor(longest / 4));
  const sizes = [...new Set([...BATCH_SIZES.filter((size) => size < largest), largest])];
  const most = Math.min(largest, Math.max(1, Math.floor(limits.kvTokens / quarter)));
  const curves = [
    curve('promptTokens', 'one uncached prompt', rising(1, prompt, points), (x) => chunk(x, 0)),
    ...sizes.flatMap((count) => {
      // In whole blocks, as caches count them.
      const end = Math.floor(Math.min(longest, limits.kvTokens / count) / limits.blockSize);
      const start = Math.max(1, Math.floor(end / 64));
      if (end <= start) return [];
      const at = count === 1 ? 'one decoding request' : `${count} decoding requests`;
      const x = rising(start, end, points).map((blocks) => blocks * limits.blockSize);
      return [curve('contextTokens', at, x, (context) => decodes(count, context))];
    }),
    curve('requests', `decoding requests of ${quarter} tokens`, rising(1, most, points), (x) => decodes(x, quarter)),
  ];
  for (const share of [0.1, 0.9]) {
    const count = Math.max(1, Math.floor(share * Math.min(most, limits.tokenBudget - 1)));
    for (const context of [0, Math.floor(longest / 2)]) {
      const room = Math.min(limits.tokenBudget - count, longest - context);
      for (const tokens of new Set([Math.floor(limits.tokenBudget / 4), room])) {
        const isPossible = tokens >= 1 && tokens <= room && count < limits.requests;
        if (!isPossible || count * quarter + context + tokens > limits.kvTokens) continue;
        batches.push([decodes(count, quarter), chunk(tokens, context)]);
      }
    }
  }
  return { requests: requestRows(batches), curves };
}

function chunk(newTokens: number, context: number): Alike {
  return { count: 1, context, newTokens, isPrefill: true };
}

function decodes(count: number, context: number): Alike {
  return { count, context, newTokens: 1, isPrefill: false };
}

/** Whole numbers from `start` to `end`, each as many times the one before; fewer where they are near each other. */
function rising(start: number, end: number, points: number): readonly number[] {
  const ratio = end / start;
  const all = Array.from({ length: points }, (_, k) =>
    Math.round(start * ratio ** (points === 1 ? 1 : k / (points - 1))),
  );
  return [...new Set(all)];
}

function requestRows(batches: readonly (readonly Alike[])[]): RequestRows {
  const all = batches.map((batch) => batch.flatMap((alike) => Array.from({ length: alike.count }, () => alike)));
  const flat = all.flat();
  const offsets = new Float64Array(batches.length + 1);
  for (const [at, { length }] of all.entries()) offsets[at + 1] = offsets[at]! + length;
  return {
    offsets,
    context: Int32Array.from(flat, ({ context }) => context),
    newTokens: Int32Array.from(flat, ({ newTokens }) => newTokens),
    // A request prefills while its context is shorter than its prompt.
    promptTokens: Int32Array.from(flat, ({ context, newTokens, isPrefill }) =>
      isPrefill ? context + newTokens : context,
    ),
  };
}
