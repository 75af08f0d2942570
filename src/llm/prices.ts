import { z } from 'zod';
import { type DocumentKind, packageFile, readJson } from '../base/index.ts';
import type { CompletionRequest, TokenUsage } from './types.ts';

/** What a model costs, USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Input tokens that were read from a prompt cache. */
  readonly cacheRead: number;
  /** Input tokens that were written to a prompt cache. */
  readonly cacheWrite: number;
}

/** Prices by model name. */
export type PriceTable = Readonly<Record<string, Price>>;

const MILLION = 1e6;
/** A byte of text is at most a token; code and English have three or more bytes in each, so half is still a safe guess. */
const FEWEST_BYTES_PER_TOKEN = 2;

/** The table that comes with the package. */
const PRICES: string = packageFile('prices/models.json');

const usd = z.number().nonnegative();
const priceSchema = z.object({
  input: usd,
  output: usd,
  cacheRead: usd.optional(),
  cacheWrite: usd.optional(),
});
const PRICE_TABLE: DocumentKind<{ readonly models: Readonly<Record<string, z.infer<typeof priceSchema>>> }> = {
  schema: z.object({ note: z.string().optional(), models: z.record(z.string(), priceSchema) }),
  code: 'llm.not-a-price-table',
  mend: 'write it like prices/models.json: {"models": {"NAME": {"input": 3, "output": 15}}}, USD per million tokens',
};

/**
 * Reads a price table; where a price for cached input is missing, it is that of other input.
 *
 * @throws UserError that names the file and the place in it
 */
export function readPrices(path: string = PRICES): PriceTable {
  const { models } = readJson(path, PRICE_TABLE);
  return Object.fromEntries(
    Object.entries(models).map(([name, { input, output, cacheRead = input, cacheWrite = input }]) => [
      name,
      { input, output, cacheRead, cacheWrite },
    ]),
  );
}

/** A release date or `latest` at the end of a model's name. */
const DATED = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/** The price of a model: under its full name, else under its name without the date; undefined where there is none. */
export function priceOf(prices: PriceTable, model: string): Price | undefined {
  const undated = model.replace(DATED, '');
  for (const name of [model, undated]) if (Object.hasOwn(prices, name)) return prices[name];
  return undefined;
}

/** What tokens cost, USD. */
export function costUsd(price: Price, usage: TokenUsage): number {
  const plain = usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens;
  return (
    (plain * price.input +
      usage.cacheReadTokens * price.cacheRead +
      usage.cacheWriteTokens * price.cacheWrite +
      usage.outputTokens * price.output) /
    MILLION
  );
}

/** The most that one attempt at a request may cost, USD; what is reserved for it before it is made. */
export function mostUsd(price: Price, { system, prompt, parameters }: CompletionRequest): number {
  const inputTokens = (Buffer.byteLength(system) + Buffer.byteLength(prompt)) / FEWEST_BYTES_PER_TOKEN;
  const dearest = Math.max(price.input, price.cacheWrite);
  return (inputTokens * dearest + parameters.maxOutputTokens * price.output) / MILLION;
}
