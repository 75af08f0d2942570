import type { ServingContext } from '../../physics/index.ts';
import { rooflineBatches } from '../roofline/predictor.ts';
import { phaseTimes } from '../roofline/step-time.ts';
import type { Mfu } from '../roofline/mfu.ts';
import type { StepRows } from '../rows.ts';

/** Server limits that the published runs used; step records do not carry them. */
const MAX_REQUESTS = 128;
const MAX_BATCHED_TOKENS = 2048;

/** How a coefficient carries over to other hardware: with compute, with memory bandwidth, or not at all. */
export type Scaling = 'compute' | 'bandwidth' | 'none';

/** The β features behind the constant term, each with what it scales with. */
export const BETA_FEATURES: readonly { readonly name: string; readonly scaling: Scaling }[] = [
  { name: 'bottleneckUs', scaling: 'none' },
  { name: 'balance', scaling: 'none' },
  { name: 'batchShare', scaling: 'none' },
  { name: 'preempted', scaling: 'none' },
  { name: 'chunkedPrefill', scaling: 'none' },
  { name: 'communicationUs', scaling: 'none' },
  { name: 'expertRouting', scaling: 'compute' },
  { name: 'attentionPairs', scaling: 'bandwidth' },
];

/**
 * The β features of step records as columns, in the order of `BETA_FEATURES`. Squared sequence lengths come from the mean
 * context, and a chunked prefill shows as a batch that uses up its token budget: a step record says no more of either.
 */
export function betaFeatures(rows: StepRows, mfu: Mfu): readonly Float64Array[] {
  const { steps, context } = rows;
  const length = steps.stepId.length;
  const columns = BETA_FEATURES.map(() => new Float64Array(length));
  for (const [row, batch] of rooflineBatches(rows).entries()) {
    const { prefill, decode } = phaseTimes(batch, context, mfu);
    const computeUs = prefill.computeUs + decode.computeUs;
    const memoryUs = Math.max(prefill.memoryUs, decode.memoryUs);
    const requests = batch.prefillRequests + batch.decodeRequests;
    const tokens = batch.prefillTokens + batch.decodeTokens;
    const bottleneckUs = Math.max(computeUs, memoryUs);
    const values = [
      bottleneckUs,
      bottleneckUs === 0 ? 0 : Math.min(computeUs, memoryUs) / bottleneckUs,
      requests / MAX_REQUESTS,
      steps.preemptedRequests[row]!,
      batch.prefillTokens > 0 && tokens >= MAX_BATCHED_TOKENS ? 1 : 0,
      communicationUs(tokens, context),
      routing(requests, context),
      (requests * batch.contextTokens ** 2) / 1e8,
    ];
    for (const [at, value] of values.entries()) columns[at]![row] = value;
  }
  return columns;
}

/** (tp − 1) messages a layer of one activation vector a token. */
function communicationUs(tokens: number, { architecture, hardware, tensorParallelism }: ServingContext): number {
  const messageBytes = tokens * architecture.hiddenSize * architecture.bytesPerParameter;
  const perLayerUs = messageBytes / (hardware.interconnectBandwidth / 1e6);
  return (tensorParallelism - 1) * architecture.layers * perLayerUs;
}

function routing(requests: number, { architecture: { experts, activeExperts } }: ServingContext): number {
  return experts > 1 ? (activeExperts / experts) * requests : 0;
}
