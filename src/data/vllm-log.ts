import { readContent } from './files/content.ts';
import { engineArguments } from './sources/engine-arguments.ts';
import type { RunFacts } from './sources/source.ts';

/** A server says how it was started before it serves; what comes behind may be gigabytes. */
const HEAD_BYTES = 4 << 20;

const NAMED = /'?(\w+)'?\s*[:=]\s*(?:'([^']*)'|"([^"]*)"|(\w[\w.]*))/g;

/** Lines that hold arguments as `name=value` or `'name': value`. */
const ARGUMENT_LINES: readonly RegExp[] = [
  /non-default args: \{(.*)\}/,
  /Initializing a V\d LLM engine \(.*?\) with config: (.*)/,
  /Chunked prefill is enabled with (max_num_batched_tokens=\d+)/,
];

const ENGINE = /Initializing a V\d LLM engine \(v?([^)\s]+)\)|vLLM API server version v?([\w.+]+)/;
const CACHE = /GPU KV cache size:\s+([\d,]+)\s+tokens/;
const DEFAULT_BLOCK = 16;

/**
 * What vLLM writes into its log when it starts: arguments, version, and the size of the KV cache. Where several engines write
 * into one log, the size is that of the first.
 *
 * @param askedBlockSize tokens of a block, where the log does not say.
 * @throws UserError where the file cannot be read.
 */
export async function readVllmLog(
  path: string,
  askedBlockSize: number | undefined,
): Promise<Pick<RunFacts, 'blockSize' | 'settings'>> {
  const text = await headOf(path);
  const given = ARGUMENT_LINES.flatMap((line) => argumentsOf(line.exec(text)?.[1] ?? ''));
  const { settings, blockSize } = engineArguments(Object.fromEntries(given));
  const tokens = CACHE.exec(text)?.[1];
  const version = ENGINE.exec(text);
  const engineVersion = version?.[1] ?? version?.[2];
  const kvBlocks =
    tokens && Math.floor(Number(tokens.replaceAll(',', '')) / (blockSize ?? askedBlockSize ?? DEFAULT_BLOCK));
  return {
    ...(blockSize !== undefined && { blockSize }),
    settings: {
      engine: 'vllm',
      ...(engineVersion !== undefined && { engineVersion }),
      ...settings,
      ...(/Asynchronous scheduling is enabled/.test(text) && { asyncScheduling: true }),
      ...(kvBlocks && { kvBlocks }),
    },
  };
}

async function headOf(path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readContent(path)) {
    parts.push(part);
    length += part.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function argumentsOf(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(NAMED)].map(
    ([, name = '', quoted, doubly, bare]) => [name, quoted ?? doubly ?? bare ?? ''] as const,
  );
}
