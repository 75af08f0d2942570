import type { FeatureInfo } from '../program/index.ts';
import type { GoAccessor } from './go-accessor.ts';

/** What is known of a request of a batch: all else about it follows. */
export interface RequestFacts {
  /** Tokens in the KV cache before the step. */
  readonly context: number;
  /** Tokens that the step computes. */
  readonly newTokens: number;
  readonly promptTokens: number;
}

/** A field of a request, as a reduction reads it. */
export interface RequestField extends Omit<FeatureInfo, 'range'> {
  /** Whether it grows with the size of a request. */
  readonly isSize: boolean;
  /** Largest possible value; the smallest is 0. */
  readonly limit: number;
  readonly value: (request: RequestFacts) => number;
  /** Go, float64. */
  readonly go: (accessor: GoAccessor) => string;
  /** Go of what it is instead while the request prefills; undefined where that makes no difference. */
  readonly whilePrefill: string | undefined;
}

const TOKENS = {
  unit: 'tokens',
  isCount: true,
  isDiscrete: true,
  isSize: true,
  limit: Number.POSITIVE_INFINITY,
  whilePrefill: undefined,
} as const;

/**
 * What a reduction may read of each request of the batch. Phases are told as features tell them, by StepTime's rule: a request
 * prefills while its context is shorter than its prompt. Everything is computed from what a simulator has, its output too: the
 * last token that was generated is not in the cache yet. Recorded outputs differ where a request comes back after a preemption.
 */
export const REQUEST_FIELDS: readonly RequestField[] = Object.freeze([
  {
    ...TOKENS,
    name: 'context',
    meaning: 'tokens in the KV cache before the step',
    value: ({ context }) => context,
    go: ({ progressIndex }) => `float64(${progressIndex})`,
  },
  {
    ...TOKENS,
    name: 'newTokens',
    meaning: 'tokens that the step computes',
    value: ({ newTokens }) => newTokens,
    go: ({ newTokens }) => `float64(${newTokens})`,
  },
  {
    ...TOKENS,
    name: 'promptTokens',
    meaning: 'tokens of the prompt',
    value: ({ promptTokens }) => promptTokens,
    go: ({ inputLength }) => `float64(${inputLength})`,
  },
  {
    ...TOKENS,
    name: 'outputTokens',
    meaning: 'tokens generated before the step: 0 while it prefills, then context − prompt + 1',
    value: ({ context, promptTokens }) => (context < promptTokens ? 0 : context - promptTokens + 1),
    go: ({ progressIndex, inputLength }) => `float64(${progressIndex} - ${inputLength} + 1)`,
    whilePrefill: '0',
  },
  {
    ...TOKENS,
    name: 'isPrefill',
    unit: '1',
    meaning: '1 while the context is shorter than the prompt, else 0',
    isSize: false,
    limit: 1,
    value: ({ context, promptTokens }) => (context < promptTokens ? 1 : 0),
    go: () => '0.0',
    whilePrefill: '1',
  },
] satisfies readonly RequestField[]);

export const REQUEST_FIELD_NAMES: readonly string[] = Object.freeze(REQUEST_FIELDS.map(({ name }) => name));

/** @throws RangeError where requests have no such field. */
export function requestField(name: string): RequestField {
  const field = REQUEST_FIELDS.find((candidate) => candidate.name === name);
  if (field === undefined) throw new RangeError(`a request has no ${name}`);
  return field;
}
