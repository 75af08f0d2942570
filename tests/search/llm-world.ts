import type { RegressionTable } from '../../src/data/index.ts';
import {
  type CallObserver,
  Cassette,
  Client,
  type CompletionRequest,
  createScrub,
  NO_USAGE,
  type Provider,
  readTemplates,
  type Reply,
} from '../../src/llm/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import {
  createGrammarOperator,
  createLlmOperator,
  type LlmSettings,
  type Operator,
  type SearchDependencies,
  type Task,
  TEMPLATE_NAMES,
} from '../../src/search/index.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { toyDependencies } from './toy-search.ts';

/** Values that only validation and test rows have. */
export const HIDDEN: Readonly<Record<'valid' | 'test', number>> = { valid: 777.125, test: 999.375 };

const ROWS = 40;

/** A table over the small world; rows outside the training split hold a value that is easy to find. */
const TOY_TABLE: RegressionTable = (() => {
  const random = createRandom(5).split('llm-table');
  const rows = Array.from({ length: 3 * ROWS }, (_, i) => {
    if (i >= 2 * ROWS) return TOY_FEATURES.map(() => HIDDEN.test);
    if (i >= ROWS) return TOY_FEATURES.map(() => HIDDEN.valid);
    return TOY_FEATURES.map(({ range: [low, high] }) => low + random.uniform() * (high - low));
  });
  const weights = Float64Array.from(rows, () => 1);
  const hidden = (i: number): number => (i >= 2 * ROWS ? HIDDEN.test : HIDDEN.valid);
  return {
    features: TOY_FEATURES,
    columns: TOY_FEATURES.map((_, k) => Float64Array.from(rows, (row) => row[k] as number)),
    y: Float64Array.from(rows, (row, i) => (i < ROWS ? 300 + (row[0] as number) : hidden(i))),
    weights: { e2e: weights, ttft: weights, itl: weights },
    experiments: [
      {
        id: 'toy',
        model: 'toy',
        workload: 'toy',
        tp: 1,
        modelKey: 'toy-tp1',
        weight: 1,
        rows: { train: [0, ROWS], valid: [ROWS, 2 * ROWS], test: [2 * ROWS, 3 * ROWS] },
      },
    ],
  };
})();

export const TOY_TASK: Task = { target: 'cycle: the time of a step', objective: 'mape', scope: 'global' };

const PRICE = { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 1.25 } as const;

export function toyLlmSettings(changes: Partial<LlmSettings> = {}): LlmSettings {
  return {
    models: [{ model: 'writer', weight: 1 }],
    parameters: { maxOutputTokens: 1000 },
    childrenPerCall: 4,
    prices: { writer: PRICE, other: PRICE },
    limits: {},
    onOutage: 'stop',
    templates: readTemplates(TEMPLATE_NAMES),
    ...changes,
  };
}

/** What a scripted model is asked. */
export interface Asked extends CompletionRequest {
  /** Number of the call, from 0. */
  readonly call: number;
}

/** A provider whose replies come from a function; it keeps what it was asked. */
export function scripted(
  answer: (asked: Asked) => string | Reply | Promise<string | Reply>,
): Provider & { readonly asked: CompletionRequest[] } {
  const asked: CompletionRequest[] = [];
  return {
    name: 'scripted',
    asked,
    complete: async (request) => {
      asked.push(request);
      const reply = await answer({ ...request, call: asked.length - 1 });
      if (typeof reply !== 'string') return reply;
      return { text: reply, end: 'complete', usage: { ...NO_USAGE, inputTokens: 1000, outputTokens: 100 } };
    },
  };
}

/** A client without patience. */
export function toyClient(
  provider: Provider | undefined,
  cassette: string,
  changes: Partial<ConstructorParameters<typeof Client>[0]['settings']> = {},
  observe?: CallObserver,
): Client {
  return new Client({
    providerName: 'scripted',
    ...(provider !== undefined && { provider }),
    cassette: new Cassette(cassette),
    settings: { concurrency: 4, timeoutMs: 5000, maxAttempts: 3, maxWaitMs: 100, ...changes },
    scrub: createScrub({}),
    observe,
  });
}

export function toyLlmOperator(
  provider: Provider | undefined,
  cassette: string,
  settings: LlmSettings = toyLlmSettings(),
): Operator {
  return createLlmOperator({ client: toyClient(provider, cassette), settings, table: TOY_TABLE, task: TOY_TASK });
}

/** A search with a language model and the grammar operator. */
export function llmDependencies(operator: Operator, changes: Partial<SearchDependencies> = {}): SearchDependencies {
  return toyDependencies({ operators: [operator, createGrammarOperator()], ...changes });
}

/** A program as a model would write it. */
export function moduleOf(expression: string, constants: string): string {
  return `export const constants = ${constants};\n\nexport function predictStepTime(batch, c) {\n  return ${expression};\n}\n`;
}

/** A reply with programs in fences, each under its reason. */
export function replyOf(...programs: readonly string[]): string {
  return programs.map((program, i) => `Reason: idea ${i + 1}.\n\`\`\`js\n${program}\`\`\``).join('\n\n');
}

/** The law of the small world. */
export const LAW: string = moduleOf(
  'c.base + Math.max(c.compute * batch.computeUs, c.memory * batch.memoryUs) + c.each * batch.requests',
  '{ base: 200, compute: 1, memory: 1, each: 5 }',
);
