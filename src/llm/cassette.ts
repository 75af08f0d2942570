import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, makeFolder, readJson, writeFileAtomically } from '../base/index.ts';
import type { CompletionRequest, ReplyEnd, TokenUsage } from './types.ts';

/** What one call has come to, its retries included. */
export interface CallRecord {
  /**
   * `failed`: every attempt failed; `spent`: the last one failed and the budget had no room for another. The `text` then says
   * why.
   */
  readonly outcome: ReplyEnd | 'failed' | 'spent';
  readonly text: string;
  /** What the model thought, and what is to be known of the reply's end; see `Reply`. */
  readonly reasoning?: string | undefined;
  readonly note?: string | undefined;
  /** Whether the last attempt failed because nothing came for too long. */
  readonly timedOut?: true | undefined;
  readonly attempts: number;
  /** Over all attempts. */
  readonly usage: TokenUsage;
}

/** What a reply depends on. `draw` tells equal prompts apart. */
export interface CallKey {
  readonly provider: string;
  readonly request: CompletionRequest;
  readonly draw: string;
}

/** SHA-256, hex, of all that a reply depends on. */
export function callKey({ provider, request, draw }: CallKey): string {
  const { model, system, prompt, parameters } = request;
  const content = [provider, model, system, prompt, parameters.maxOutputTokens, parameters.temperature ?? null, draw];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

const tokens = z.number().nonnegative();
/** A call as it is stored, as far as it is read again. */
export interface StoredCall {
  readonly draw?: string | undefined;
  readonly request?: { readonly model: string } | undefined;
  readonly record: CallRecord;
}

const STORED_REPLY: DocumentKind<StoredCall> = {
  schema: z.object({
    draw: z.string().optional(),
    request: z.object({ model: z.string() }).optional(),
    record: z.object({
      outcome: z.enum(['complete', 'cut', 'refused', 'failed', 'spent']),
      text: z.string(),
      reasoning: z.string().optional(),
      note: z.string().optional(),
      timedOut: z.literal(true).optional(),
      attempts: z.number().int().nonnegative(),
      usage: z.object({
        inputTokens: tokens,
        cacheReadTokens: tokens,
        cacheWriteTokens: tokens,
        outputTokens: tokens,
        reasoningTokens: tokens.optional(),
        estimated: z.boolean(),
      }),
    }),
  }),
  code: 'llm.not-a-reply',
  mend: 'restore the file, or delete it to ask the model again',
};

/**
 * Replies by what they depend on: a folder with one JSON file for each call, named by its key. A reply is written as a whole
 * before it is used, so nothing that was paid for is lost.
 */
export class Cassette {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The stored call, if any. @throws UserError where its file is damaged. */
  read(key: string): CallRecord | undefined {
    const path = this.#path(key);
    return existsSync(path) ? readJson(path, STORED_REPLY).record : undefined;
  }

  /** The calls of a draw, in no order that means anything: equal draws of different prompts are different calls. */
  callsOf(draw: string): readonly StoredCall[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => readJson(join(this.#directory, name), STORED_REPLY))
      .filter((call) => call.draw === draw);
  }

  /** Stores a call; it is on the disk when this returns. @throws UserError where it cannot be written. */
  write(key: string, call: CallKey, record: CallRecord): void {
    makeFolder(this.#directory);
    writeFileAtomically(this.#path(key), `${JSON.stringify({ ...call, record }, null, 1)}\n`);
  }

  #path(key: string): string {
    return join(this.#directory, `${key}.json`);
  }
}
