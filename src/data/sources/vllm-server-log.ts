import { readHead } from '../files/content.ts';
import type { ServerSettings } from '../server-settings.ts';
import { engineArguments } from './engine-arguments.ts';
import type { RunFacts } from './source.ts';

/** `'max_num_seqs': 2` of the arguments that are not defaults, which Python prints as a dictionary. */
const ARGUMENT = /'(\w+)': ('(?:[^'\\]|\\.)*'|[\w.+-]+)/g;
/** `max_seq_len=4096` of the configuration. */
const SETTING = /\b(\w+)=('(?:[^'\\]|\\.)*'|[\w./+-]+)/g;
/** A server says how it was started before it serves; what comes behind may be gigabytes. */
const HEAD_BYTES = 4 << 20;
const DEFAULT_BLOCK = 16;

type Values = Map<string, unknown>;

/**
 * What the log of a vLLM server says of it at its start. Lines of the engine's own arguments count before the configuration that
 * it makes of them.
 *
 * Source: vllm-project/vllm, messages of `vllm/entrypoints/utils.py`, `vllm/v1/engine/core.py` and `vllm/config/`.
 */
export class ServerLog {
  readonly #otherwise: number | undefined;
  readonly #arguments: Values = new Map();
  readonly #configured: Values = new Map();
  #version: string | undefined;
  /** Tokens that the KV cache of an engine has room for. */
  kvCacheTokens: number | undefined;

  /** @param otherwise tokens of a block where the log does not say; without it blocks are not counted then. */
  constructor(otherwise?: number) {
    this.#otherwise = otherwise;
  }

  read(line: string): void {
    const given = textAfter(line, 'non-default args: ');
    if (given !== undefined) {
      take(this.#arguments, given, ARGUMENT);
      // What is not said there has its default.
      if (!this.#arguments.has('tensor_parallel_size')) this.#configured.set('tensor_parallel_size', '1');
    }
    const config = /LLM engine \(v(\S+)\) with config: (.*)$/.exec(line);
    if (config !== null) {
      this.#version ??= config[1];
      this.#configured.delete('tensor_parallel_size');
      take(this.#configured, config[2]!, SETTING);
    }
    this.#version ??= /vLLM API server version (\S+)/.exec(line)?.[1];
    const tokens = /GPU KV cache size:\s+([\d,]+)\s+tokens/.exec(line)?.[1];
    if (tokens !== undefined) this.kvCacheTokens ??= Number(tokens.replaceAll(',', ''));
    const budget = /Chunked prefill is enabled with max_num_batched_tokens=(\d+)/.exec(line)?.[1];
    if (budget !== undefined) {
      this.#configured.set('enable_chunked_prefill', 'True');
      this.#configured.set('max_num_batched_tokens', budget);
    }
    const overlap = /Asynchronous scheduling is (enabled|disabled)/.exec(line)?.[1];
    if (overlap !== undefined) this.#configured.set('async_scheduling', overlap === 'enabled');
  }

  /** The engine's facts as far as they have been read. */
  get facts(): RunFacts {
    const { settings, model, ...others } = engineArguments(
      Object.fromEntries([...this.#configured, ...this.#arguments]),
    );
    const blockSize = others.blockSize ?? this.#otherwise;
    const kvBlocks =
      this.kvCacheTokens !== undefined && blockSize !== undefined
        ? Math.floor(this.kvCacheTokens / blockSize)
        : undefined;
    const own: ServerSettings = {
      engine: 'vllm',
      ...(this.#version !== undefined && { engineVersion: this.#version }),
      ...(kvBlocks !== undefined && { kvBlocks }),
    };
    return { ...others, ...(model !== undefined && { model: modelName(model) }), settings: { ...own, ...settings } };
  }
}

/**
 * What a vLLM server wrote into its log when it started. Where several engines write into one log, the size of the KV cache is that
 * of the first.
 *
 * @param askedBlockSize tokens of a block, where the log does not say; 16 by default.
 * @throws UserError where the file cannot be read.
 */
export async function readServerLog(path: string, askedBlockSize: number = DEFAULT_BLOCK): Promise<RunFacts> {
  const log = new ServerLog(askedBlockSize);
  const head = await readHead(path, HEAD_BYTES);
  for (const line of head.toString('utf8').split(/\r?\n/)) log.read(line);
  return log.facts;
}

function textAfter(line: string, words: string): string | undefined {
  const at = line.indexOf(words);
  return at < 0 ? undefined : line.slice(at + words.length);
}

/** The first value of each name counts: later ones are those of parts within. */
function take(values: Values, text: string, pattern: RegExp): void {
  for (const [, name, value] of text.matchAll(pattern)) {
    if (!values.has(name!) && value !== 'None') values.set(name!, value!.replace(/^'(.*)'$/, '$1'));
  }
}

/** A model in a folder goes by its last name, one in the cache of Hugging Face by its id. */
function modelName(model: string): string {
  const cached = /models--([^/]+?)--([^/]+)/.exec(model);
  if (cached !== null) return `${cached[1]}/${cached[2]}`;
  return /^[./~]/.test(model) ? (model.replace(/\/+$/, '').split('/').at(-1) ?? model) : model;
}
