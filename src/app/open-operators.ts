import { UserError } from '../base/index.ts';
import type { RegressionTable, TargetName } from '../data/index.ts';
import { type CallObserver, Cassette, Client, createProvider, createScrub, type Environment } from '../llm/index.ts';
import { type LlmConfig, type Run, type RunConfig, runFiles } from '../run/index.ts';
import {
  createBestOnlyOperator,
  createGrammarOperator,
  createLlmOperator,
  createRandomOperator,
  type Operator,
  PRUNE_OPERATOR,
  SEED_OPERATOR,
  type Task,
} from '../search/index.ts';

/** How language models are reached. */
export interface ModelAccess {
  /** Where their keys are read from. */
  readonly environment: Environment;
  readonly observe?: CallObserver | undefined;
  /** In place of the run's own limit. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * The operators of a run. The grammar operator is always there: it takes over where no model can be reached.
 *
 * @param own operators beyond the built-in ones.
 * @throws UserError where the run's mix names an operator that there is not.
 */
export function openOperators(
  { config, directory }: Run,
  table: RegressionTable,
  access: ModelAccess,
  own: readonly Operator[],
): readonly Operator[] {
  const { llm } = config;
  const operators = [createGrammarOperator(), createRandomOperator(), createBestOnlyOperator(), ...own];
  if (llm !== undefined) {
    const client = openClient(llm, runFiles(directory).cassette, access);
    operators.unshift(createLlmOperator({ client, settings: llm.settings, table, task: taskOf(config) }));
  }
  refuseUnknown(config, operators);
  return operators;
}

function refuseUnknown({ search }: RunConfig, operators: readonly Operator[]): void {
  const names = operators.map(({ name }) => name);
  const unknown = Object.entries(search.operators).find(([name, weight]) => weight > 0 && !names.includes(name));
  if (unknown !== undefined) {
    throw new UserError({
      code: 'app.unknown-operator',
      problem: `the run draws children by ${JSON.stringify(unknown[0])}, and no operator is called so (there are: ${names.join(', ')})`,
      mend: 'hand that operator to the function that works on the run',
    });
  }
  const taken = [PRUNE_OPERATOR, SEED_OPERATOR, ...names];
  const twice = names.find((name, at) => taken.indexOf(name) !== at + 2);
  if (twice !== undefined) {
    throw new UserError({
      code: 'app.repeated-operator',
      problem: `two operators are called ${JSON.stringify(twice)}`,
      mend: 'give your own another name',
    });
  }
}

/** What the programs of a run are for. */
export function taskOf({ target, objective, scope, data: { table } }: RunConfig): Task {
  const targets: { readonly [T in TargetName]: string } = {
    cycle: 'the time from the start of one step to the start of the next one',
    duration: "the duration of the scheduler's call in one step, which is not the time on the accelerator",
    column: 'may have any sign',
  };
  return { target: `${table?.target.header ?? target}: ${targets[target]}`, objective, scope };
}

function openClient(
  { provider, client, replay }: LlmConfig,
  cassette: string,
  { environment, observe, timeoutSeconds }: ModelAccess,
): Client {
  return new Client({
    providerName: provider.name,
    ...(replay === undefined && { provider: createProvider(provider, environment) }),
    cassette: new Cassette(replay ?? cassette),
    settings: timeoutSeconds === undefined ? client : { ...client, timeoutMs: 1000 * timeoutSeconds },
    scrub: createScrub(environment),
    observe,
  });
}
