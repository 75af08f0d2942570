import type { RegressionTable } from '../data/index.ts';
import { Cassette, Client, createProvider, createScrub, type Environment } from '../llm/index.ts';
import { type LlmConfig, type Run, type RunConfig, runFiles } from '../run/index.ts';
import {
  createBestOnlyOperator,
  createGrammarOperator,
  createLlmOperator,
  createRandomOperator,
  type Operator,
  type Task,
} from '../search/index.ts';

/** The operators of a run. The grammar operator is always there: it takes over where no model can be reached. */
export function openOperators(
  { config, directory }: Run,
  table: RegressionTable,
  environment: Environment,
): readonly Operator[] {
  const { llm } = config;
  const builtIn = [createGrammarOperator(), createRandomOperator(), createBestOnlyOperator()];
  if (llm === undefined) return builtIn;
  const client = openClient(llm, runFiles(directory).cassette, environment);
  return [createLlmOperator({ client, settings: llm.settings, table, task: taskOf(config) }), ...builtIn];
}

/** What the programs of a run are for. */
export function taskOf({ target, objective, scope }: RunConfig): Task {
  const targets = {
    cycle: 'the time from the start of one step to the start of the next one',
    duration: "the duration of the scheduler's call in one step, which is not the time on the accelerator",
  } as const;
  return { target: `${target}: ${targets[target]}`, objective, scope };
}

function openClient({ provider, client, replay }: LlmConfig, cassette: string, environment: Environment): Client {
  return new Client({
    providerName: provider.name,
    ...(replay === undefined && { provider: createProvider(provider, environment) }),
    cassette: new Cassette(replay ?? cassette),
    settings: client,
    scrub: createScrub(environment),
  });
}
