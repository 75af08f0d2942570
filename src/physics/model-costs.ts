import { type Architecture, type FeedForward, type LayerGroup, layerGroupsOf } from './architecture.ts';
import { type AttentionCosts, attentionCosts } from './attention-costs.ts';
import { type Precision, unquantised, WEIGHT_PARTS, type WeightPart } from './precision.ts';

/** What a model costs by its dimensions alone. Entries are those of weight matrices; FLOPs and bytes are of all layers together. */
export interface ModelCosts {
  readonly precision: Precision;
  /** Entries that are multiplied with every token, by part; of experts those that it visits, and no LM head. */
  readonly active: { readonly [P in Exclude<WeightPart, 'head'>]: number };
  /** Entries of all experts. */
  readonly expertWeights: number;
  /** Entries of the routers, multiplied with every token. */
  readonly routerWeights: number;
  /** Entries of the LM head, multiplied with the tokens that are sampled from. */
  readonly headWeights: number;
  /** Costs that grow with contexts, those of all layers. */
  readonly attention: Omit<AttentionCosts, 'weights'>;
  /** Parameters, and those that a token visits: all but the experts that it does not. */
  readonly parameters: number;
  readonly activeParameters: number;
  /** Layers with experts. */
  readonly expertLayers: number;
  /** Layers whose attention or state is followed by a reduction over GPUs, and those whose feed-forward is. */
  readonly attentionLayers: number;
  readonly feedForwardLayers: number;
}

/** An architecture before its parameters are counted. */
export type Uncounted = Omit<Architecture, 'parameters'>;

/**
 * Costs of a model. Norms, biases, convolutions and embeddings are in its parameters alone, and so is the router; together they
 * are under 4 % of the weights.
 *
 * @param tp GPUs that share a layer: what cannot be divided is on each of them.
 */
export function modelCosts(a: Uncounted, tp = 1): ModelCosts {
  const precision = a.precision ?? unquantised(a.bytesPerParameter);
  const groups = layerGroupsOf(a);
  const attention = groups.map(
    (group) => group.attention && attentionCosts(group.attention, a.hiddenSize, tp, precision.kvBytes),
  );
  const sum = (of: (group: LayerGroup, costs: AttentionCosts | undefined) => number): number =>
    groups.reduce((total, group, at) => total + group.count * of(group, attention[at]), 0);
  const entries = (of: (forward: FeedForward) => number): number =>
    sum(({ feedForward: f }) => (f === undefined ? 0 : f.matrices * a.hiddenSize * of(f)));
  const active = {
    attention: sum((_, costs) => costs?.weights ?? 0),
    feedForward: entries(({ size }) => size),
    experts: entries(({ experts }) => (experts ? experts.active * experts.size : 0)),
  };
  const expertWeights = entries(({ experts }) => (experts ? experts.count * experts.size : 0));
  const routerWeights = sum(({ feedForward }) => (feedForward?.experts?.count ?? 0) * a.hiddenSize);
  const norms = sum(({ attention: first, feedForward }) => (Number(!!first) + Number(!!feedForward)) * a.hiddenSize);
  const headWeights = a.vocabularySize * a.hiddenSize;
  const parameters =
    active.attention +
    active.feedForward +
    expertWeights +
    routerWeights +
    norms +
    a.hiddenSize +
    headWeights * (a.tiedEmbeddings ? 1 : 2);
  return {
    precision,
    active,
    expertWeights,
    routerWeights,
    headWeights,
    attention: {
      all: contextSum(sum, 'all'),
      near: contextSum(sum, 'near'),
      window: narrowest(attention),
      expandFlops: sum((_, costs) => costs?.expandFlops ?? 0),
      stateFlops: sum((_, costs) => costs?.stateFlops ?? 0),
      stateBytes: sum((_, costs) => costs?.stateBytes ?? 0),
    },
    parameters,
    activeParameters: parameters - (expertWeights - active.experts),
    expertLayers: sum(({ feedForward }) => (feedForward?.experts ? 1 : 0)),
    attentionLayers: sum(({ attention: first }) => (first ? 1 : 0)),
    feedForwardLayers: sum(({ feedForward }) => (feedForward ? 1 : 0)),
  };
}

type Sum = (of: (group: LayerGroup, costs: AttentionCosts | undefined) => number) => number;

function contextSum(sum: Sum, part: 'all' | 'near'): AttentionCosts['all'] {
  return {
    prefillFlops: sum((_, costs) => costs?.[part].prefillFlops ?? 0),
    decodeFlops: sum((_, costs) => costs?.[part].decodeFlops ?? 0),
    kvBytes: sum((_, costs) => costs?.[part].kvBytes ?? 0),
  };
}

function narrowest(all: readonly (AttentionCosts | undefined)[]): number {
  const windows = all.flatMap((costs) => (costs !== undefined && costs.window > 0 ? [costs.window] : []));
  return windows.length === 0 ? 0 : Math.min(...windows);
}

/** Bytes of all weights in memory, embeddings included; what is no matrix is of the type that the model computes in. */
export function weightBytes(a: Architecture): number {
  const { precision, active, expertWeights, headWeights } = modelCosts(a);
  const entries = { ...active, experts: expertWeights, head: headWeights };
  const saved = WEIGHT_PARTS.reduce(
    (sum, part) => sum + entries[part] * (a.bytesPerParameter - precision.weights[part].bytes),
    0,
  );
  return a.parameters * a.bytesPerParameter - saved;
}

/**
 * Bytes of the weights that one rank keeps, on its GPUs of all stages together.
 *
 * @param ranks that share the experts.
 */
export function rankWeightBytes(a: Architecture, ranks = 1): number {
  const { precision, expertWeights } = modelCosts(a);
  return weightBytes(a) - (expertWeights * precision.weights.experts.bytes * (ranks - 1)) / ranks;
}

/** Bytes that the cache holds of a token, on all GPUs that share a layer together. */
export function kvBytesPerToken(a: Architecture, tp = 1): number {
  const { all, near } = modelCosts(a, tp).attention;
  return all.kvBytes + near.kvBytes;
}

/**
 * FLOPs of one token: products with all weights that it visits, the LM head among them, and attention.
 *
 * @param context tokens that it looks at, itself among them, on average.
 * @param phase how compressed attention works.
 */
export function flopsPerToken(a: Architecture, context: number, phase: 'prefill' | 'decode'): number {
  const { active, routerWeights, headWeights, attention } = modelCosts(a);
  const { all, near, window, stateFlops } = attention;
  const part = phase === 'prefill' ? 'prefillFlops' : 'decodeFlops';
  const products = 2 * (active.attention + active.feedForward + active.experts + routerWeights + headWeights);
  return products + stateFlops + all[part] * context + near[part] * Math.min(context, window);
}
