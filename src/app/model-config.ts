import { UserError } from '../base/index.ts';
import {
  createProvider,
  type Environment,
  type PriceTable,
  priceOf,
  type ProviderName,
  readPrices,
  readTemplates,
  refuseSecrets,
  type WeightedModel,
} from '../llm/index.ts';
import type { LlmConfig } from '../run/index.ts';
import { type LlmSettings, TEMPLATE_NAMES } from '../search/index.ts';

/** How a run asks language models. */
export interface ModelOptions {
  /** Whose wire format is spoken, or `command` for a program that reads a prompt on stdin and writes the answer on stdout. */
  readonly provider: ProviderName;
  /** At least one; a command is its own model, by any name. */
  readonly models: readonly WeightedModel[];
  /** Address of a server that speaks the same API; default: the provider's own. Not for `command`. */
  readonly baseUrl?: string;
  /** The shell command to run; for `command` alone. */
  readonly command?: string;
  /** Whether replies are streamed; default true. */
  readonly stream?: boolean;
  /** The run ends before the models cost more, USD. */
  readonly maxCostUsd?: number;
  /** The run ends before more calls are made, retries included. */
  readonly maxCalls?: number;
  /** When no model answers: the run stops, to be resumed, or goes on with the grammar operator. Default `stop`. */
  readonly onOutage?: LlmSettings['onOutage'];
  /** Longest wait for a call that fails, seconds; default 300. */
  readonly outageWaitSeconds?: number;
  /** How long nothing of an answer may come, seconds; default 180. What still comes is not cut. */
  readonly callTimeoutSeconds?: number;
  /** Calls at a time; default 4. */
  readonly concurrency?: number;
  /** Programs of an island that one call asks for at most; default 4. */
  readonly childrenPerCall?: number;
  /** For one reply; default 8192. */
  readonly maxOutputTokens?: number;
  /** Default: the server's. */
  readonly temperature?: number;
  /** Folder with templates that replace those of the package. */
  readonly prompts?: string;
  /** Price table in place of the package's. */
  readonly prices?: string;
}

/** Attempts at one call; the waits between them are bounded by the longest wait too. */
const MAX_ATTEMPTS = 8;

/**
 * How a run asks language models, to be frozen with it. What cannot work is refused here, before anything is written: a missing
 * key, a model without a price under a limit on cost, a setting that holds a secret.
 *
 * @throws UserError
 */
export function modelConfig(options: ModelOptions, environment: Environment): LlmConfig {
  const { models, baseUrl, command, prompts, maxCostUsd, maxCalls, temperature } = options;
  if (baseUrl !== undefined) refuseUnusableUrl(baseUrl);
  for (const [what, text] of [
    ['the command', command],
    ['the base address', baseUrl],
    ['the name of the model', models.map(({ model }) => model).join(' ')],
  ] as const) {
    if (text !== undefined) refuseSecrets(what, text, environment);
  }
  const provider = {
    name: options.provider,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(command !== undefined && { command }),
    stream: options.stream ?? true,
  };
  createProvider(provider, environment);
  const prices = pricesOf(options);
  const unpriced = models.find(({ model }) => priceOf(prices, model) === undefined);
  if (maxCostUsd !== undefined && unpriced !== undefined) {
    throw new UserError({
      code: 'app.no-price',
      problem: `the limit on cost cannot be kept: ${unpriced.model} has no price`,
      mend: 'add its price to a price table of your own, or limit the number of calls instead',
    });
  }
  return {
    provider,
    client: {
      concurrency: options.concurrency ?? 4,
      timeoutMs: 1000 * (options.callTimeoutSeconds ?? 180),
      maxAttempts: MAX_ATTEMPTS,
      maxWaitMs: 1000 * (options.outageWaitSeconds ?? 300),
    },
    settings: {
      models,
      parameters: {
        maxOutputTokens: options.maxOutputTokens ?? 8192,
        ...(temperature !== undefined && { temperature }),
      },
      childrenPerCall: options.childrenPerCall ?? 4,
      prices,
      limits: {
        ...(maxCostUsd !== undefined && { maxCostUsd }),
        ...(maxCalls !== undefined && { maxCalls }),
      },
      onOutage: options.onOutage ?? 'stop',
      templates: readTemplates(TEMPLATE_NAMES, prompts),
    },
  };
}

const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } as const;

/** The prices of the models; what a command runs costs nothing unless the table has a price for it. */
function pricesOf({ models, prices, provider }: ModelOptions): PriceTable {
  const table = readPrices(prices);
  return Object.fromEntries(
    models.flatMap(({ model }) => {
      const price = priceOf(table, model) ?? (provider === 'command' ? FREE : undefined);
      return price === undefined ? [] : [[model, price]];
    }),
  );
}

function refuseUnusableUrl(text: string): void {
  const refuse = (why: string): UserError =>
    new UserError({
      code: 'app.wrong-address',
      problem: `the base address ${JSON.stringify(text)} is not ${why}`,
      mend: 'write it like http://localhost:11434/v1',
    });
  if (!URL.canParse(text)) throw refuse('an address');
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('http or https');
  if (username !== '' || password !== '') {
    throw new UserError({
      code: 'app.password-in-address',
      problem: 'the base address holds a password, and settings are stored with the run',
      mend: 'leave it out; keys come from the environment',
    });
  }
}
