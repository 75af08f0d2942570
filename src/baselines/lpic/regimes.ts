import type { StepRows } from '../rows.ts';

/** What kind of batch a step is; each is fitted apart. */
export type Regime = 'prefill-dominant' | 'decode-dominant' | 'mixed' | 'memory-bound';

const MEMORY_BOUND_USAGE = 0.85;
const PREFILL_RATIO = 5;
const DECODE_RATIO = 0.2;

/** The regime of each row: a full cache first, then the ratio of prefill to decode tokens. */
export function regimesOf({ steps }: StepRows): readonly Regime[] {
  return Array.from(steps.stepId, (_, row) => {
    if (steps.kvUsageRatio[row]! > MEMORY_BOUND_USAGE) return 'memory-bound';
    const ratio = steps.prefillTokens[row]! / steps.decodeTokens[row]!;
    if (ratio > PREFILL_RATIO) return 'prefill-dominant';
    return ratio < DECODE_RATIO ? 'decode-dominant' : 'mixed';
  });
}

/** Dense models and mixtures of experts are fitted apart. */
export function architectureClass({ context }: StepRows): 'dense' | 'moe' {
  return context.architecture.experts > 1 ? 'moe' : 'dense';
}
