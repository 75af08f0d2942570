import type { FeatureKind } from './feature.ts';
import type { FormulaRow } from './feature-rows.ts';
import type { ModelParameter, ModelParameters } from './formulas.ts';

/** Whether the experiments of a dataset, by their parameters, differ in a way that a feature tells. */
export type Offered = (all: readonly ModelParameters[]) => boolean;

function varies(name: ModelParameter): Offered {
  return (all) => all.some((each) => each[name] !== all[0]![name]);
}

function exists(name: ModelParameter): Offered {
  return (all) => all.some((each) => each[name] > 0);
}

/** What says nothing where models are served on tensor-parallel GPUs alone: offered where it does. */
export const DEPLOYMENT: readonly {
  readonly kind: FeatureKind;
  readonly row: FormulaRow;
  readonly offered: Offered;
}[] = [
  {
    kind: 'component',
    row: [
      'expertTrafficUs',
      'µs',
      'expertTrafficBytesPerToken * scheduledTokens / outerBytesPerUs',
      'bringing tokens to the experts of other ranks and back, at peak link bandwidth',
    ],
    offered: exists('expertTrafficBytesPerToken'),
  },
  {
    kind: 'component',
    row: [
      'stageTrafficUs',
      'µs',
      'stageBytesPerToken * scheduledTokens / outerBytesPerUs',
      'passing activations from stage to stage, at peak link bandwidth',
    ],
    offered: exists('stageBytesPerToken'),
  },
  {
    kind: 'component',
    row: [
      'lmHeadUs',
      'µs',
      'Math.max(headBytes * Math.min(requests, 1) / bytesPerUs, headFlopsPerRequest * requests / flopsPerUs)',
      'LM head for one token of each request, at peak bandwidth or FLOP/s',
    ],
    offered: varies('vocabularySize'),
  },
  {
    kind: 'architecture',
    row: ['gpus', 'GPUs', 'gpus', 'GPUs that serve the model together, of all stages and ranks'],
    offered: (all) => varies('gpus')(all) && all.some(({ gpus, tp }) => gpus !== tp),
  },
  {
    kind: 'architecture',
    row: ['pp', 'stages', 'pp', 'stages that the layers are divided into'],
    offered: varies('pp'),
  },
  {
    kind: 'architecture',
    row: ['dp', 'ranks', 'dp', 'ranks with batches of their own that share the experts'],
    offered: varies('dp'),
  },
  {
    kind: 'architecture',
    row: ['ep', 'GPUs', 'ep', 'GPUs that whole experts are spread over; 1 where each expert is divided'],
    offered: varies('ep'),
  },
];
