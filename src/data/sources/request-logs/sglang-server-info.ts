import { definedOnly } from '../../../base/index.ts';
import { engineArguments } from '../engine-arguments.ts';
import type { RunFacts } from '../source.ts';

/**
 * What SGLang's `/server_info` says: the arguments of the server with what it made of them. A `chunked_prefill_size` of -1 means
 * that prompts are not cut.
 *
 * Source: sgl-project/sglang, `ServerArgs`.
 */
export function sglangServerInfo(info: Readonly<Record<string, unknown>>): RunFacts {
  const { settings, ...facts } = engineArguments({
    ...info,
    engine_version: info['engine_version'] ?? info['version'],
  });
  const { chunked_prefill_size: chunk, ep_size: experts, max_total_num_tokens: tokens, page_size: page } = info;
  return {
    ...facts,
    settings: {
      engine: 'sglang',
      ...definedOnly({
        chunkedPrefill: typeof chunk === 'number' ? chunk > 0 : undefined,
        expertParallel: typeof experts === 'number' ? experts > 1 : undefined,
        kvBlocks: isCount(tokens) && isCount(page) ? Math.floor(tokens / page) || undefined : undefined,
      }),
      ...settings,
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
