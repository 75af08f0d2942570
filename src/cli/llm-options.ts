import type { ModelOptions } from '../app/index.ts';
import { parseModels } from '../llm/index.ts';
import type { LlmOptions } from './llm-flags.ts';
import { UsageError } from './usage-error.ts';

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
 * @throws UsageError for names that are none, weights that are none, and a mix that contradicts `--operator`
 */
export function operatorMix({ operator, operators }: LlmOptions): Readonly<Record<string, number>> {
  if (operators === undefined) return isBuiltIn(operator) ? { [operator]: 1 } : { llm: 1 };
  const mend = 'write it like --operators llm:0.7,grammar:0.3';
  const mix: Record<string, number> = {};
  for (const part of operators.split(',')) {
    const [name = '', text = '', ...rest] = part.trim().split(':');
    const weight = Number(text);
    if (!['llm', ...BUILT_IN].includes(name) || rest.length > 0 || name in mix) {
      throw new UsageError(
        `--operators: ${JSON.stringify(part)} is not llm, ${BUILT_IN.join(', ')} with a weight`,
        mend,
      );
    }
    if (text.trim() === '' || !Number.isFinite(weight) || weight < 0) {
      throw new UsageError(`--operators: ${JSON.stringify(part)} has no weight of 0 or more`, mend);
    }
    mix[name] = weight;
  }
  if (Object.values(mix).every((weight) => weight === 0)) throw new UsageError('--operators: all weights are 0', mend);
  if ((mix['llm'] ?? 0) > 0 && isBuiltIn(operator)) {
    throw new UsageError('--operators names llm, but no model is named', USE_A_MODEL);
  }
  if (!((mix['llm'] ?? 0) > 0) && !isBuiltIn(operator)) {
    throw new UsageError(`--operator ${operator} has no share in --operators`, 'give llm a weight, e.g. llm:0.7');
  }
  return mix;
}

/**
 * How a run asks language models, from the flags; undefined where none takes part.
 *
 * @throws UsageError for flags that contradict each other, and for models that are named without a provider or the reverse
 */
export function modelOptions(
  options: LlmOptions,
  operators: Readonly<Record<string, number>>,
): ModelOptions | undefined {
  const { operator: provider, baseUrl, command, maxCost, maxCalls, temperature, prompts, prices } = options;
  if (isBuiltIn(provider)) {
    const idle = Object.entries(MODEL_FLAGS).find(([key]) => options[key as keyof typeof MODEL_FLAGS] !== undefined);
    if (idle === undefined && !((operators['llm'] ?? 0) > 0)) return undefined;
    throw new UsageError(`${idle?.[1] ?? '--operators'} needs a language model`, USE_A_MODEL);
  }
  if (provider !== 'command' && command !== undefined) {
    throw new UsageError('--command needs --operator command', 'leave out one of them');
  }
  if (provider === 'command' && baseUrl !== undefined) {
    throw new UsageError('--base-url means nothing to --operator command', 'leave out one of them');
  }
  return {
    provider,
    models: parseModels(modelNames(options)),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(command !== undefined && { command }),
    stream: options.stream,
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
    ...(maxCalls !== undefined && { maxCalls }),
    onOutage: options.onOutage,
    outageWaitSeconds: options.outageWait,
    callTimeoutSeconds: options.callTimeout,
    concurrency: options.concurrency,
    childrenPerCall: options.childrenPerCall,
    maxOutputTokens: options.maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
    ...(prompts !== undefined && { prompts }),
    ...(prices !== undefined && { prices }),
  };
}

/** A command is its own model, so that replies of different commands are told apart. */
function modelNames({ operator, model, command }: LlmOptions): string {
  if (operator === 'command' && (command === undefined || command.trim() === '')) {
    throw new UsageError(
      '--operator command needs a command',
      'give it with --command, e.g. --command "ollama run qwen3"',
    );
  }
  if (model !== undefined) return model;
  if (operator === 'command' && command !== undefined) return command.replaceAll(/[,:]/g, ' ');
  throw new UsageError(
    `--operator ${operator} needs a model`,
    'name one with --model, e.g. --model claude-sonnet-5-5 or --model qwen3:8b',
  );
}
