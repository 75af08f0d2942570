import type { StepColumns } from '../../physics/index.ts';
import { splitRanges } from '../split.ts';
import type { Cycles } from './cycles.ts';
import { cycleLine, type CycleLine, type Neighbours, neighbours, type SizedCycles } from './cycle-line.ts';

/** Why a cycle is no step time of its batch. */
export type Disturbance = 'idle' | 'stall' | 'short';

/**
 * A wait with an empty engine is a cycle of more than so many times what its batch explains; a cycle of a busy engine needs more
 * to be a stall. The honest cycles of the two real and sixteen simulated experiments stay below 2.4. A cycle so many times shorter
 * than its batch explains is a broken reading; the honest ones stay above a third.
 */
const FACTORS: { readonly [D in Disturbance]: number } = { idle: 3, stall: 5, short: 5 };
/** And beyond what cycles scatter: standard deviations, as the median absolute deviation tells them. */
const DEVIATIONS = 10;
const TO_STANDARD_DEVIATION = 1.4826;

/** Cycles beside what explains them. */
export interface JudgedCycles {
  /** Of each cycle. */
  readonly disturbed: readonly (Disturbance | undefined)[];
  /** Cycles after whose step the engine is empty, whether a wait shows or not. */
  readonly empty: number;
  /** Cycle over what its batch explains, by the line alone; NaN where too few cycles say what is usual. */
  readonly ratios: Float64Array;
  /** Typical |ratio − 1| where each cycle stands. */
  readonly spreads: Float64Array;
}

interface Known {
  readonly line: CycleLine;
  /** Among cycles of a busy engine, which tell what is usual. */
  readonly like: Neighbours;
}

/**
 * Tells waits with an empty engine, stalls and broken readings from step times: far beyond or below what the batch explains, both by a
 * robust line in its tokens and by what batches of like size took. What is usual is learnt from cycles of the same split and earlier ones, so that
 * no later row decides about a row.
 */
export function judgeCycles(steps: StepColumns, cycles: Cycles): JudgedCycles {
  const { index, cycleUs } = cycles;
  const sized: SizedCycles = {
    decodeTokens: Float64Array.from(index, (row) => steps.decodeTokens[row]! || 0),
    prefillTokens: Float64Array.from(index, (row) => steps.prefillTokens[row]! || 0),
    cycleUs,
  };
  const isEmpty = index.map((_, at) => (isEmptyAfter(steps, cycles, at) ? 1 : 0));
  const disturbed = Array.from(index, (): Disturbance | undefined => undefined);
  const ratios = new Float64Array(index.length).fill(Number.NaN);
  const spreads = new Float64Array(index.length).fill(Number.NaN);
  let end = 0;
  for (const [, endRow] of Object.values(splitRanges(steps.stepId.length))) {
    const start = end;
    end = endOf(index, endRow, start);
    const known = usualCycles(sized, isEmpty, end);
    if (known === undefined) continue;
    for (let at = start; at < end; at++) {
      const lineUs = known.line.at(sized.decodeTokens[at]!, sized.prefillTokens[at]!);
      ratios[at] = cycleUs[at]! / lineUs;
      spreads[at] = known.line.spread;
      const long = isEmpty[at] === 1 ? 'idle' : 'stall';
      const scatter = 1 + DEVIATIONS * TO_STANDARD_DEVIATION * known.line.spread;
      const most = Math.max(FACTORS[long], scatter);
      const least = 1 / Math.max(FACTORS.short, scatter);
      if (ratios[at]! > most && !(cycleUs[at]! <= most * known.like.usualUs(at))) disturbed[at] = long;
      if (ratios[at]! < least && cycleUs[at]! < least * known.like.usualUs(at)) disturbed[at] = 'short';
    }
  }
  return { disturbed, empty: isEmpty.reduce((sum, one) => sum + one, 0), ratios, spreads };
}

function endOf(index: Int32Array, endRow: number, start: number): number {
  let end = start;
  while (end < index.length && index[end]! < endRow) end++;
  return end;
}

function usualCycles(sized: SizedCycles, isEmpty: Int32Array, end: number): Known | undefined {
  const all = Int32Array.from({ length: end }, (_, at) => at);
  const busy = all.filter((at) => isEmpty[at] === 0);
  for (const usual of [busy, all]) {
    const line = cycleLine(sized, usual);
    if (line !== undefined) return { line, like: neighbours(sized, usual) };
  }
  return undefined;
}

/** Nothing ran and nothing waited when the step was over, and the next batch continues no request. */
function isEmptyAfter(steps: StepColumns, { first, next }: Cycles, at: number): boolean {
  const row = first[at]!;
  const left = steps.runningDepth[row]! - steps.finishedRequests[row]!;
  return left <= 0 && steps.waitingDepth[row] === 0 && !(steps.decodeRequests[next[at]!]! > 0);
}
