/** What makers say of a model, and the keys of its published config.json that decide it. */
export interface PublishedModel {
  readonly config: Readonly<Record<string, unknown>>;
  /** Of the checkpoint, or of its technical report, without prediction layers and towers. */
  readonly parameters: number;
  /** That a token visits, in billions with the digits that were published; makers count embeddings or not. Absent for dense models. */
  readonly activeB?: string;
  /** To train on one token of sequences of 4,096, GFLOPs, where it was published (DeepSeek, arXiv:2505.09343, table 2). */
  readonly trainingGflops?: number;
  /** Of all layers in the type of the model, bytes. */
  readonly kvBytesPerToken: number;
}

/** Keys in the order of `published` below. */
function decoder(
  model_type: string,
  [num_hidden_layers, hidden_size, num_attention_heads, num_key_value_heads, head_dim]: readonly number[],
  [intermediate_size, vocab_size]: readonly number[],
  more: Readonly<Record<string, unknown>> = {},
): PublishedModel['config'] {
  return {
    model_type,
    num_hidden_layers,
    hidden_size,
    num_attention_heads,
    num_key_value_heads,
    head_dim,
    intermediate_size,
    vocab_size,
    torch_dtype: 'bfloat16',
    ...more,
  };
}

function latent(r: number, p: number, n: number, v: number, q: number | null): Readonly<Record<string, unknown>> {
  return { kv_lora_rank: r, qk_rope_head_dim: p, qk_nope_head_dim: n, v_head_dim: v, q_lora_rank: q };
}

function routed(n_routed_experts: number, num_experts_per_tok: number, moe_intermediate_size: number): object {
  return { n_routed_experts, num_experts_per_tok, moe_intermediate_size };
}

const DEEPSEEK = { n_shared_experts: 1, first_k_dense_replace: 3, ...latent(512, 64, 128, 128, 1536) };
/** Every fourth layer of 48 has full attention. */
const QWEN3_NEXT = {
  full_attention_interval: 4,
  linear_num_key_heads: 16,
  linear_num_value_heads: 32,
  linear_key_head_dim: 128,
  linear_value_head_dim: 128,
  linear_conv_kernel_dim: 4,
  num_experts: 512,
  num_experts_per_tok: 10,
  moe_intermediate_size: 512,
  shared_expert_intermediate_size: 512,
};

export const PUBLISHED_MODELS: Readonly<Record<string, PublishedModel>> = {
  'Llama-2-7B': {
    config: decoder('llama', [32, 4096, 32, 32, 128], [11_008, 32_000]),
    parameters: 6_738_415_616,
    kvBytesPerToken: 524_288,
  },
  'Llama-3.1-405B': {
    config: decoder('llama', [126, 16_384, 128, 8, 128], [53_248, 128_256]),
    parameters: 405_853_388_800,
    kvBytesPerToken: 516_096,
  },
  'Qwen2.5-72B': {
    config: decoder('qwen2', [80, 8192, 64, 8, 128], [29_568, 152_064], {
      sliding_window: 131_072,
      use_sliding_window: false,
      max_window_layers: 80,
    }),
    parameters: 72.7e9,
    kvBytesPerToken: 327_680,
  },
  'Qwen3-32B': {
    config: decoder('qwen3', [64, 5120, 64, 8, 128], [25_600, 151_936]),
    parameters: 32_762_123_264,
    kvBytesPerToken: 262_144,
  },
  'Mixtral-8x7B': {
    config: decoder('mixtral', [32, 4096, 32, 8, 128], [14_336, 32_000], {
      num_local_experts: 8,
      num_experts_per_tok: 2,
    }),
    parameters: 46_702_792_704,
    activeB: '12.9',
    kvBytesPerToken: 131_072,
  },
  'Qwen3-235B-A22B': {
    config: decoder('qwen3_moe', [94, 4096, 64, 4, 128], [12_288, 151_936], {
      num_experts: 128,
      num_experts_per_tok: 8,
      moe_intermediate_size: 1536,
      decoder_sparse_step: 1,
      mlp_only_layers: [],
    }),
    parameters: 235_093_634_560,
    activeB: '22',
    kvBytesPerToken: 192_512,
  },
  'Gemma-2-9B': {
    config: decoder('gemma2', [42, 3584, 16, 8, 256], [14_336, 256_000], { sliding_window: 4096 }),
    parameters: 9_241_705_984,
    kvBytesPerToken: 344_064,
  },
  'Gemma-3-27B': {
    config: decoder('gemma3_text', [62, 5376, 32, 16, 128], [21_504, 262_208], {
      sliding_window: 1024,
      sliding_window_pattern: 6,
    }),
    parameters: 27.01e9,
    kvBytesPerToken: 507_904,
  },
  'gpt-oss-120b': {
    config: decoder('gpt_oss', [36, 2880, 64, 8, 64], [2880, 201_088], {
      num_local_experts: 128,
      num_experts_per_tok: 4,
      sliding_window: 128,
      layer_types: Array.from({ length: 36 }, (_, at) => (at % 2 ? 'full_attention' : 'sliding_attention')),
      torch_dtype: undefined,
      quantization_config: {
        quant_method: 'mxfp4',
        modules_to_not_convert: ['model.layers.*.self_attn', 'model.layers.*.mlp.router', 'lm_head'],
      },
    }),
    parameters: 116_829_156_672,
    activeB: '5.13',
    kvBytesPerToken: 73_728,
  },
  'Llama-4-Scout': {
    config: {
      model_type: 'llama4',
      text_config: decoder('llama4_text', [48, 5120, 40, 8, 128], [8192, 202_048], {
        intermediate_size_mlp: 16_384,
        num_local_experts: 16,
        num_experts_per_tok: 1,
        interleave_moe_layer_step: 1,
        attention_chunk_size: 8192,
      }),
    },
    parameters: 107.77e9,
    activeB: '17',
    kvBytesPerToken: 196_608,
  },
  'DeepSeek-V2': {
    config: decoder('deepseek_v2', [60, 5120, 128, 128], [12_288, 102_400], {
      ...DEEPSEEK,
      ...routed(160, 6, 1536),
      n_shared_experts: 2,
      first_k_dense_replace: 1,
    }),
    parameters: 235_741_434_880,
    activeB: '21',
    trainingGflops: 155,
    kvBytesPerToken: 69_120,
  },
  'DeepSeek-V3': {
    config: decoder('deepseek_v3', [61, 7168, 128, 128], [18_432, 129_280], {
      ...DEEPSEEK,
      ...routed(256, 8, 2048),
      num_nextn_predict_layers: 1,
      quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
    }),
    parameters: 671_026_419_200,
    activeB: '37',
    trainingGflops: 250,
    kvBytesPerToken: 70_272,
  },
  'Kimi-K2': {
    config: decoder('kimi_k2', [61, 7168, 64, 64], [18_432, 163_840], {
      ...DEEPSEEK,
      ...routed(384, 8, 2048),
      first_k_dense_replace: 1,
    }),
    parameters: 1026.41e9,
    activeB: '32',
    kvBytesPerToken: 70_272,
  },
  'GLM-5': {
    config: decoder('glm_moe_dsa', [78, 6144, 64, 64, 64], [12_288, 154_880], {
      ...DEEPSEEK,
      ...latent(512, 64, 192, 256, 2048),
      ...routed(256, 8, 2048),
      index_n_heads: 32,
      index_head_dim: 128,
      index_topk: 2048,
    }),
    parameters: 744e9,
    activeB: '40',
    // The latents, and beside them the keys of the index: 128 entries of fp8 and a scale in each layer.
    kvBytesPerToken: 78 * (1152 + 132),
  },
  'Qwen3-Next-80B-A3B': {
    config: decoder('qwen3_next', [48, 2048, 16, 2, 256], [5120, 151_936], QWEN3_NEXT),
    parameters: 79.67e9,
    activeB: '3',
    kvBytesPerToken: 24_576,
  },
  'MiniMax-M2': {
    config: decoder('minimax_m2', [62, 3072, 48, 8, 128], [1536, 200_064], {
      num_local_experts: 256,
      num_experts_per_tok: 8,
      shared_intermediate_size: 0,
    }),
    parameters: 228.69e9,
    activeB: '10',
    kvBytesPerToken: 253_952,
  },
  'Nemotron-H-8B': {
    config: decoder('nemotron_h', [52, 4096, 32, 8, 128], [21_504, 131_072], {
      hybrid_override_pattern: 'M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-',
      mamba_num_heads: 128,
      mamba_head_dim: 64,
      ssm_state_size: 128,
      n_groups: 8,
      conv_kernel: 4,
    }),
    parameters: 8.1e9,
    kvBytesPerToken: 16_384,
  },
  'Kimi-Linear-48B-A3B': {
    config: decoder('kimi_linear', [27, 2304, 32, 32, 72], [9216, 163_840], {
      ...latent(512, 64, 128, 128, null),
      num_experts: 256,
      num_experts_per_token: 8,
      num_shared_experts: 1,
      moe_intermediate_size: 1024,
      first_k_dense_replace: 1,
      linear_attn_config: {
        full_attn_layers: [4, 8, 12, 16, 20, 24, 27],
        kda_layers: [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26],
        head_dim: 128,
        num_heads: 32,
        short_conv_kernel_size: 4,
      },
    }),
    parameters: 49.12e9,
    activeB: '3',
    kvBytesPerToken: 8064,
  },
};
