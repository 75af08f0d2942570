import { z } from 'zod';
import { type Architecture, COMPUTE_TYPES, type LayerGroup } from '../physics/index.ts';

const positiveInteger = z.number().int().positive();
const count = z.number().int().nonnegative();
const positive = z.number().positive();
const yes = z.literal(true);

const ATTENTION = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grouped'),
    heads: positiveInteger,
    kvHeads: positiveInteger,
    headSize: positive,
    window: positiveInteger.exactOptional(),
    outputGate: yes.exactOptional(),
    sharedProjection: yes.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('latent'),
    heads: positiveInteger,
    latentSize: positiveInteger,
    ropeSize: positiveInteger,
    contentSize: positiveInteger,
    valueSize: positiveInteger,
    queryLatentSize: positiveInteger.exactOptional(),
    index: z
      .strictObject({ heads: positiveInteger, headSize: positiveInteger, topTokens: positiveInteger })
      .exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('linear'),
    heads: positiveInteger,
    weights: positive,
    stateEntries: positive,
    stateBytes: positive,
  }),
]);

const FEED_FORWARD = z.strictObject({
  matrices: z.union([z.literal(2), z.literal(3)]),
  size: count,
  experts: z.strictObject({ count: positiveInteger, active: positiveInteger, size: positiveInteger }).exactOptional(),
});

const LAYER_GROUP: z.ZodType<LayerGroup> = z.strictObject({
  count: positiveInteger,
  attention: ATTENTION.exactOptional(),
  feedForward: FEED_FORWARD.exactOptional(),
});

const WEIGHT_TYPE = z.strictObject({ bytes: positive, compute: z.enum(COMPUTE_TYPES) });

/** An architecture that the project does not ship, as a dataset keeps it. */
export const ARCHITECTURE: z.ZodType<Architecture> = z.object({
  name: z.string(),
  id: z.string(),
  hiddenSize: positiveInteger,
  layers: positiveInteger,
  heads: positiveInteger,
  kvHeads: positiveInteger,
  headSize: positive,
  intermediateSize: positiveInteger,
  vocabularySize: positiveInteger,
  experts: positiveInteger,
  activeExperts: positiveInteger,
  bytesPerParameter: positive,
  parameters: positive,
  layerGroups: z.array(LAYER_GROUP).exactOptional(),
  precision: z
    .strictObject({
      weights: z.strictObject({
        attention: WEIGHT_TYPE,
        feedForward: WEIGHT_TYPE,
        experts: WEIGHT_TYPE,
        head: WEIGHT_TYPE,
      }),
      kvBytes: positive,
    })
    .exactOptional(),
  tiedEmbeddings: yes.exactOptional(),
  predictionLayers: positiveInteger.exactOptional(),
  unmodelled: z.array(z.strictObject({ what: z.string(), size: z.string() })).exactOptional(),
});
