import {
  createProvider,
  type Environment,
  parseModels,
  type PriceTable,
  priceOf,
  readPrices,
  readTemplates,
  refuseSecrets,
} from '../llm/index.ts';
import { UserError } from '../base/index.ts';
import type { LlmConfig } from '../run/index.ts';
import { TEMPLATE_NAMES } from '../search/index.ts';
import type { LlmOptions } from './llm-flags.ts';

/** Flags that mean nothing without a language model, with how they are typed. */
const MODEL_FLAGS = {
  model: '--model',
  baseUrl: '--base-url',
  command: '--command',
  maxCost: '--max-cost',
  maxCalls: '--max-calls',
  temperature: '--temperature',
  prompts: '--prompts',
  prices: '--prices',
} as const satisfies Partial<Record<keyof LlmOptions, string>>;

const USE_A_MODEL = 'add --operator anthropic, --operator openai or --operator command';

/** Operators that need no language model; the last two are controls. */
const BUILT_IN = ['grammar', 'random', 'best-only'] as const;

function isBuiltIn(name: LlmOptions['operator']): name is (typeof BUILT_IN)[number] {
  return (BUILT_IN as readonly string[]).includes(name);
}

/**
 * Share of children by operator.
 *
 * @throws UserError for names that are none, weights that are none, and a mix that contradicts `--operator`
 */
export function operatorMix({ operator, operators }: LlmOptions): Readonly<Record<string, number>> {
  if (operators === undefined) return isBuiltIn(operator) ? { [operator]: 1 } : { llm: 1 };
  const mend = 'write it like --operators llm:0.7,grammar:0.3';
  const mix: Record<string, number> = {};
  for (const part of operators.split(',')) {
    const [name = '', text = '', ...rest] = part.trim().split(':');
    const weight = Number(text);
    if (!['llm', ...BUILT_IN].includes(name) || rest.length > 0 || name in mix) {
      throw new UserError(
        `--operators: ${JSON.stringify(part)} is not llm, ${BUILT_IN.join(', ')} with a weight`,
        mend,
      );
    }
    if (text.trim() === '' || !Number.isFinite(weight) || weight < 0) {
      throw new UserError(`--operators: ${JSON.stringify(part)} has no weight of 0 or more`, mend);
    }
    mix[name] = weight;
  }
  if (Object.values(mix).every((weight) => weight === 0)) throw new UserError('--operators: all weights are 0', mend);
  if ((mix['llm'] ?? 0) > 0 && isBuiltIn(operator)) {
    throw new UserError('--operators names llm, but no model is named', USE_A_MODEL);
  }
  if (!((mix['llm'] ?? 0) > 0) && !isBuiltIn(operator)) {
    throw new UserError(`--operator ${operator} has no share in --operators`, 'give llm a weight, e.g. llm:0.7');
  }
  return mix;
}

/**
 * How a run asks language models, to be frozen with it; undefined where none takes part. What cannot work is refused here,
 * before anything is written: a missing key, a model without a price under a limit on cost, a setting that holds a secret.
 */
export function llmConfig(
  options: LlmOptions,
  operators: Readonly<Record<string, number>>,
  environment: Environment,
): LlmConfig | undefined {
  const { operator } = options;
  if (isBuiltIn(operator)) {
    const idle = Object.entries(MODEL_FLAGS).find(([key]) => options[key as keyof typeof MODEL_FLAGS] !== undefined);
    if (idle === undefined && !((operators['llm'] ?? 0) > 0)) return undefined;
    throw new UserError(`${idle?.[1] ?? '--operators'} needs a language model`, USE_A_MODEL);
  }
  const provider = {
    name: operator,
    ...(options.baseUrl !== undefined && { baseUrl: checkUrl(options.baseUrl) }),
    ...(options.command !== undefined && { command: options.command }),
    stream: options.stream,
  };
  if (options.operator !== 'command' && options.command !== undefined) {
    throw new UserError('--command needs --operator command', 'leave out one of them');
  }
  if (options.operator === 'command' && options.baseUrl !== undefined) {
    throw new UserError('--base-url means nothing to --operator command', 'leave out one of them');
  }
  for (const [flag, text] of [
    ['--command', options.command],
    ['--base-url', options.baseUrl],
    ['--model', options.model],
  ] as const) {
    if (text !== undefined) refuseSecrets(flag, text, environment);
  }
  createProvider(provider, environment);
  const models = parseModels(modelNames(options));
  const prices = pricesOf(
    models.map(({ model }) => model),
    options,
  );
  const unpriced = models.find(({ model }) => priceOf(prices, model) === undefined);
  if (options.maxCost !== undefined && unpriced !== undefined) {
    throw new UserError(
      `--max-cost cannot be kept: ${unpriced.model} has no price`,
      'add its price to a file for --prices, or limit the run with --max-calls',
    );
  }
  return {
    provider,
    client: {
      concurrency: options.concurrency,
      timeoutMs: 1000 * options.callTimeout,
      maxAttempts: MAX_ATTEMPTS,
      maxWaitMs: 1000 * options.outageWait,
    },
    settings: {
      models,
      parameters: {
        maxOutputTokens: options.maxOutputTokens,
        ...(options.temperature !== undefined && { temperature: options.temperature }),
      },
      childrenPerCall: options.childrenPerCall,
      prices,
      limits: {
        ...(options.maxCost !== undefined && { maxCostUsd: options.maxCost }),
        ...(options.maxCalls !== undefined && { maxCalls: options.maxCalls }),
      },
      onOutage: options.onOutage,
      templates: readTemplates(TEMPLATE_NAMES, options.prompts),
    },
  };
}

/** Attempts at one call; the waits between them are bounded by `--outage-wait` too. */
const MAX_ATTEMPTS = 8;

/** A command is its own model, so that replies of different commands are told apart. */
function modelNames({ operator, model, command }: LlmOptions): string {
  if (model !== undefined) return model;
  if (operator === 'command' && command !== undefined) return command.replaceAll(/[,:]/g, ' ');
  throw new UserError(
    `--operator ${operator} needs a model`,
    'name one with --model, e.g. --model claude-sonnet-5-5 or --model qwen3:8b',
  );
}

const FREE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } as const;

/** The prices of the models; what a command runs costs nothing unless the table has a price for it. */
function pricesOf(models: readonly string[], { prices, operator }: LlmOptions): PriceTable {
  const table = readPrices(prices);
  return Object.fromEntries(
    models.flatMap((model) => {
      const price = priceOf(table, model) ?? (operator === 'command' ? FREE : undefined);
      return price === undefined ? [] : [[model, price]];
    }),
  );
}

function checkUrl(text: string): string {
  const mend = 'write it like http://localhost:11434/v1';
  if (!URL.canParse(text)) throw new UserError(`--base-url: ${JSON.stringify(text)} is not an address`, mend);
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') throw new UserError('--base-url is not http or https', mend);
  if (username !== '' || password !== '') {
    throw new UserError(
      '--base-url holds a password, and settings are stored with the run',
      'leave it out; keys come from the environment',
    );
  }
  return text;
}
