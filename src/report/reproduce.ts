import type { PriorTable, RequestWeights } from '../evaluate/index.ts';
import type { LlmConfig, Run, RunConfig } from '../run/index.ts';

function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line for a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** Seed programs of this name come from the hall of fame. */
export const KEPT_PREFIX = 'kept-';

/** A command and what it does. */
export interface ReproduceCommand {
  readonly text: string;
  readonly meaning: string;
}

/** The commands that make a run again. A run that asked models is repeated from their stored replies, without asking. */
export function reproduceCommands({
  directory,
  config,
}: Pick<Run, 'directory' | 'config'>): readonly ReproduceCommand[] {
  const anew = runCommand(config);
  if (config.llm === undefined) return [{ text: anew, meaning: 'The same run again, to the same archive.' }];
  return [
    {
      text: shellLine(['evolve', 'run', '--replay', directory]),
      meaning: 'The same run from the stored replies, to the same archive; needs no key.',
    },
    { text: anew, meaning: 'The same search with the models asked anew; they will answer differently.' },
  ];
}

/** Every setting that decides a run's result, spelled out. */
function runCommand({
  data,
  target,
  objective,
  requestWeights,
  closedLoop,
  floor,
  scope,
  holdOut,
  priors,
  operator,
  search,
  seeds,
  timeoutSeconds,
  llm,
}: RunConfig): string {
  const mix = Object.entries(search.operators).map(([name, weight]) => `${name}:${weight}`);
  const { caps } = search;
  const flags: readonly (readonly [flag: string, value: string | number] | readonly [flag: string])[] = [
    ...(data.source === 'demo' ? [] : ([['--data', data.source]] as const)),
    ['--target', target],
    ['--objective', objective],
    ...(requestWeights === undefined ? [] : ([['--request-weights', weightsText(requestWeights)]] as const)),
    ...(closedLoop === false ? ([['--no-closed-loop']] as const) : []),
    ['--floor', floor === true ? 'on' : 'off'],
    ['--scope', scope],
    ...(holdOut === undefined ? [] : ([['--hold-out', holdOut.join(',')]] as const)),
    // Of a table only the rows were kept, not the file that they came in.
    ...(priors === undefined ? [] : ([['--priors', isEmpty(priors) ? 'off' : 'priors.yaml']] as const)),
    ['--operator', operator],
    ...(llm === undefined ? [] : llmFlags(llm)),
    ...(mix.length > 1 ? ([['--operators', mix.join(',')]] as const) : []),
    ...(search.adaptive ? ([['--adaptive']] as const) : []),
    ['--generations', search.generations],
    ['--children', search.children],
    ['--islands', search.islands],
    ['--seed', search.seed],
    ['--max-operations', caps.operations],
    ['--max-conditionals', caps.conditionals],
    ['--max-constants', caps.constants],
    ['--timeout', timeoutSeconds],
    ...(seeds.some(({ name }) => name.startsWith(KEPT_PREFIX)) ? ([['--seed-from', 'archive']] as const) : []),
  ];
  return shellLine(['evolve', 'run', ...flags.flat().map(String)]);
}

function isEmpty({ units, constants }: PriorTable): boolean {
  return Object.keys(units).length + Object.keys(constants).length === 0;
}

function weightsText({ e2e, ttft, itl }: RequestWeights): string {
  return [e2e, ttft, itl].join(',');
}

function llmFlags({ provider, settings }: LlmConfig): readonly (readonly [flag: string, value: string | number])[] {
  const { models, limits } = settings;
  const names =
    models.length === 1 ? models[0]!.model : models.map(({ model, weight }) => `${model}:${weight}`).join(',');
  return [
    provider.command === undefined ? ['--model', names] : ['--command', provider.command],
    ...(provider.baseUrl === undefined ? [] : ([['--base-url', provider.baseUrl]] as const)),
    ...(limits.maxCostUsd === undefined ? [] : ([['--max-cost', limits.maxCostUsd]] as const)),
    ...(limits.maxCalls === undefined ? [] : ([['--max-calls', limits.maxCalls]] as const)),
    ['--children-per-call', settings.childrenPerCall],
  ];
}
