import type { FeatureKind } from './feature.ts';
import type { Offered } from './feature-deployment.ts';
import { type FormulaRow, SHARE } from './feature-rows.ts';
import type { ModelParameter, ModelParameters } from './formulas.ts';

/*
 * What one law needs to hold for several engines and kinds of GPU, and says nothing that constants could not take where there is one of
 * each: what does not shrink with faster GPUs, which regime a batch is in on its GPU, and which engine runs it.
 */

/** Whether peak figures of the GPUs differ, or the engines do. */
function isSeveral(all: readonly ModelParameters[]): boolean {
  const bandwidths = new Set(all.map(({ bytesPerUs, tp }) => bytesPerUs / tp));
  const peaks = new Set(all.map(({ flopsPerUs, tp }) => flopsPerUs / tp));
  return bandwidths.size > 1 || peaks.size > 1 || enginesDiffer(all);
}

function enginesDiffer(all: readonly ModelParameters[]): boolean {
  return new Set(all.map(({ vllm, sglang, trtllm }) => [vllm, sglang, trtllm].join())).size > 1;
}

/** Where a law has to carry over, and some experiment has it. */
function where(name: ModelParameter): Offered {
  return (all) => isSeveral(all) && all.some((each) => each[name] > 0);
}

function whereExperts(all: readonly ModelParameters[]): boolean {
  return where('expertLayers')(all);
}

function ofEngine(name: 'vllm' | 'sglang' | 'trtllm'): Offered {
  return (all) => enginesDiffer(all) && all.some((each) => each[name] === 1);
}

const VISITED = '(experts * (1 - Math.pow(missProbability, scheduledTokens)))';

export const TRANSFER: readonly {
  readonly kind: FeatureKind;
  readonly row: FormulaRow;
  readonly offered: Offered;
}[] = [
  {
    kind: 'component',
    row: [
      'expertWeightsUs',
      'µs',
      'expertBytes * (1 - Math.pow(missProbability, scheduledTokens)) / bytesPerUs',
      'reading the weights of the experts that the batch visits, at peak bandwidth',
    ],
    offered: whereExperts,
  },
  {
    kind: 'component',
    row: [
      'expandUs',
      'µs',
      '(expandedDenseBytes * Math.min(scheduledTokens, 1)' +
        ' + expandedExpertBytes * (1 - Math.pow(missProbability, scheduledTokens))) / bytesPerUs',
      'weights that are expanded to 16 bits to be multiplied, as if they were read so, at peak bandwidth',
    ],
    offered: (all) => where('expandedDenseBytes')(all) || where('expandedExpertBytes')(all),
  },
  {
    kind: 'component',
    row: [
      'computeRatio',
      '1',
      '(prefillGemmUs + decodeGemmUs) / Math.max(weightsUs, 1)',
      'matrix products over reading the weights: above 1 the products decide',
    ],
    offered: isSeveral,
  },
  {
    kind: 'component',
    row: [
      'contextShare',
      '1',
      'kvReadUs / Math.max(kvReadUs + weightsUs, 1)',
      'share of the KV cache in what a batch reads',
      SHARE,
    ],
    offered: isSeveral,
  },
  {
    kind: 'batch',
    row: [
      'tokensPerExpert',
      'tokens',
      `scheduledTokens * activeExperts / Math.max(${VISITED}, 1)`,
      'tokens that a visited expert multiplies, all tokens where there are none: rows of a weight tile',
    ],
    offered: whereExperts,
  },
  {
    kind: 'architecture',
    row: ['launches', 'kernels', 'launches', 'kernels that a pass starts on each GPU'],
    offered: where('launches'),
  },
  {
    kind: 'architecture',
    row: ['expertLayers', 'layers', 'expertLayers', 'layers with experts'],
    offered: whereExperts,
  },
  {
    kind: 'architecture',
    row: ['headsPerGpu', 'heads', 'headsPerGpu', 'query heads of a GPU'],
    offered: where('headsPerGpu'),
  },
  {
    kind: 'architecture',
    row: ['isVllm', '1', 'vllm', '1 where the engine is vLLM, else 0', SHARE],
    offered: ofEngine('vllm'),
  },
  {
    kind: 'architecture',
    row: ['isSglang', '1', 'sglang', '1 where the engine is SGLang, else 0', SHARE],
    offered: ofEngine('sglang'),
  },
  {
    kind: 'architecture',
    row: ['isTrtllm', '1', 'trtllm', '1 where the engine is TensorRT-LLM, else 0', SHARE],
    offered: ofEngine('trtllm'),
  },
];
