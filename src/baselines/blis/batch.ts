import { kvTokensOf } from '../../physics/index.ts';
import type { Batch } from '../../serving/index.ts';
import type { StepRows } from '../rows.ts';

/** What BLIS's formulas read of a batch: sums over its requests. A request prefills while its context is shorter than its prompt. */
export interface BlisSums {
  readonly requests: number;
  readonly prefillTokens: number;
  /** Σ t·(s + t/2) over chunks of t tokens of prompts of s: what trained-physics takes for attention. */
  readonly promptPairs: number;
  /** Σ t·(c + (t − 1)/2) over chunks behind contexts of c: what roofline takes, which is causal. */
  readonly causalPairs: number;
  /** Contexts of prefilling requests, before the step. */
  readonly prefillContext: number;
  readonly decodes: number;
  /** Contexts of decoding requests. */
  readonly decodeContext: number;
}

/** A request of a batch. */
export interface BlisRequest {
  readonly context: number;
  readonly newTokens: number;
  readonly promptTokens: number;
}

/** Sums over the requests of a batch. */
export function sumsOfRequests(count: number, requestAt: (at: number) => BlisRequest): BlisSums {
  const sums = { ...NONE };
  for (let at = 0; at < count; at++) {
    const { context, newTokens: t, promptTokens } = requestAt(at);
    sums.requests++;
    if (context < promptTokens) {
      sums.prefillTokens += t;
      sums.promptPairs += t * (promptTokens + t / 2);
      sums.causalPairs += t * (context + (t - 1) / 2);
      sums.prefillContext += context;
    } else {
      sums.decodes++;
      sums.decodeContext += context;
    }
  }
  return sums;
}

const NONE: { -readonly [K in keyof BlisSums]: BlisSums[K] } = {
  requests: 0,
  prefillTokens: 0,
  promptPairs: 0,
  causalPairs: 0,
  prefillContext: 0,
  decodes: 0,
  decodeContext: 0,
};

/** Sums of a batch that a simulated server makes. */
export function sumsOfBatch({ count, computedTokens, newTokens, promptTokens }: Batch): BlisSums {
  return sumsOfRequests(count, (at) => ({
    context: computedTokens[at]!,
    newTokens: newTokens[at]!,
    promptTokens: promptTokens[at]!,
  }));
}

/**
 * Sums of recorded steps. Where the requests of a step are not known, each is taken to have the mean context, and a chunk to end its
 * prompt.
 */
export function sumsOfRows({ steps, context, contexts, requests }: StepRows): readonly BlisSums[] {
  if (requests !== undefined) {
    const { offsets } = requests;
    return Array.from({ length: offsets.length - 1 }, (_, row) => {
      const start = offsets[row]!;
      return sumsOfRequests(offsets[row + 1]! - start, (at) => ({
        context: requests.context[start + at]!,
        newTokens: requests.newTokens[start + at]!,
        promptTokens: requests.promptTokens[start + at]!,
      }));
    });
  }
  const kvTokens = kvTokensOf(steps, context.blockSize);
  return Array.from(steps.stepId, (_, row): BlisSums => {
    const [prefillTokens, prefills, decodes] = [
      steps.prefillTokens[row]!,
      steps.prefillRequests[row]!,
      steps.decodeRequests[row]!,
    ];
    const mean = kvTokens[row]! / Math.max(prefills + decodes, 1);
    const chunk = prefillTokens / Math.max(prefills, 1);
    return {
      requests: prefills + decodes,
      prefillTokens,
      promptPairs: prefillTokens * (mean + 1.5 * chunk),
      causalPairs: prefillTokens * (mean + Math.max(chunk - 1, 0) / 2),
      prefillContext: contexts?.prefillKvTokens[row] ?? mean * prefills,
      decodes,
      decodeContext: contexts?.decodeKvTokens[row] ?? mean * decodes,
    };
  });
}
