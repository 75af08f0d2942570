import type { FeedForward } from '../architecture.ts';
import {
  type ConfigFile,
  countOrNone,
  firstOf,
  listOf,
  optionalInteger,
  positiveInteger,
  textOf,
  UNCHANGED,
  wrong,
} from './keys.ts';
import type { LayerPlan } from './layer-kinds.ts';

/** Architectures whose feed-forward has no gate: two matrices in place of three. */
const UNGATED = /^(nemotron|falcon|gpt2|gpt_neox|gpt_bigcode|gptj|opt|phi$|starcoder2|bloom|mpt|codegen)/;

const EXPERTS = ['num_local_experts', 'n_routed_experts', 'num_experts', 'moe_num_experts'];
const ACTIVE = ['num_experts_per_tok', 'num_experts_per_token', 'experts_per_token', 'top_k_experts', 'moe_topk'];
const SHARED_SIZE = [
  'shared_expert_intermediate_size',
  'moe_shared_expert_intermediate_size',
  'shared_intermediate_size',
];

/** Experts of a layer that has some; 1 of 1 for a dense model. */
export interface Routing {
  readonly experts: number;
  readonly activeExperts: number;
}

/** @throws UserError where a token would visit more experts than there are. */
export function routingOf(file: ConfigFile): Routing {
  const experts = optionalInteger(file, EXPERTS) ?? 1;
  if (experts === 1) return { experts: 1, activeExperts: 1 };
  const activeExperts = positiveInteger(file, firstOf(file, ACTIVE) ?? ACTIVE[0]!);
  if (activeExperts > experts) {
    throw wrong(file.path, `\`num_experts_per_tok\` is ${activeExperts} but there are ${experts} experts`, UNCHANGED);
  }
  return { experts, activeExperts };
}

/** Feed-forward size of one expert, or of a dense model. */
export function expertSize(file: ConfigFile): number {
  return optionalInteger(file, ['moe_intermediate_size']) ?? positiveInteger(file, 'intermediate_size');
}

/** What follows the attention of a layer; undefined where nothing does. */
export function feedForwardOf(file: ConfigFile, at: number, plan: LayerPlan['feedForward']): FeedForward | undefined {
  if (plan === 'none') return undefined;
  const matrices = UNGATED.test(textOf(file, 'model_type')) ? 2 : 3;
  const { experts: count, activeExperts: active } = routingOf(file);
  const hasExperts = count > 1 && (plan === 'usual' ? isRouted(file, at) : plan === 'experts');
  if (!hasExperts)
    return {
      matrices,
      size: optionalInteger(file, ['intermediate_size_mlp']) ?? positiveInteger(file, 'intermediate_size'),
    };
  const size = expertSize(file);
  return { matrices, size: sharedSize(file, size), experts: { count, active, size } };
}

function sharedSize(file: ConfigFile, size: number): number {
  const { config } = file;
  // Gemma 4 has a dense feed-forward beside the experts, Llama 4 one shared expert of their size.
  if (config['enable_moe_block'] === true) return positiveInteger(file, 'intermediate_size');
  if (textOf(file, 'model_type').startsWith('llama4')) return size;
  const count = countOrNone(file, ['n_shared_experts', 'num_shared_experts']);
  return firstOf(file, SHARED_SIZE) === undefined ? count * size : countOrNone(file, SHARED_SIZE) * Math.max(count, 1);
}

/** Whether a layer has experts, where a model has them in some layers. */
function isRouted(file: ConfigFile, at: number): boolean {
  if (at < countOrNone(file, ['first_k_dense_replace'])) return false;
  if (listOf(file, 'mlp_only_layers')?.includes(at) === true) return false;
  const routed = listOf(file, 'moe_layers');
  if (routed !== undefined) return routed.includes(at);
  const perLayer = listOf(file, 'moe_layer_freq');
  if (perLayer !== undefined) return perLayer[at] !== 0;
  const every = optionalInteger(file, ['moe_layer_freq']);
  if (every !== undefined) return at % every === 0;
  return (at + 1) % (optionalInteger(file, ['decoder_sparse_step', 'interleave_moe_layer_step']) ?? 1) === 0;
}
