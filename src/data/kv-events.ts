/** What happens to KV blocks in a step; programs cannot see it, people may want to. */
export const KV_EVENT_COLUMNS = {
  storedBlocks: 'blocks put into the prefix cache of the GPU',
  removedBlocks: 'blocks that the prefix cache of the GPU gave up',
  toCpuBlocks: 'blocks whose transfer from the GPU to the CPU began',
  toGpuBlocks: 'blocks whose transfer from the CPU to the GPU began',
} as const;

export type KvEventColumn = keyof typeof KV_EVENT_COLUMNS;
export const KV_EVENT_NAMES = Object.keys(KV_EVENT_COLUMNS) as readonly KvEventColumn[];

/** Blocks of each step record. */
export type KvEvents = { readonly [K in KvEventColumn]: Float64Array };
