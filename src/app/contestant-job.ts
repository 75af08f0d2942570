import { fork } from 'node:child_process';
import { deserialize, serialize } from 'node:v8';
import {
  type Contestant,
  closedLoopScore,
  type FittedPredictor,
  fittedProgram,
  OVERHEADS_OF,
  referencePredictors,
  type ScoredContestant,
  serveExperiments,
  withClients,
} from '../baselines/index.ts';
import type { Dataset, TargetName } from '../data/index.ts';
import { fitsInUse, type GroupFit, type Scope, workerEnvironment } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import { type BytesName, type JobContext, packed, type QueueClient } from '../queue/index.ts';
import type { Individual } from '../search/index.ts';
import { CONTESTANT_PROGRAM } from './job-programs.ts';

/** One predictor that a worker is to fit and to score. */
type ContestantTask = { readonly dataset: BytesName } & Omit<ContestantStart, 'dataset'>;

/** A contestant without its functions. */
type WrittenContestant =
  | { readonly kind: 'baseline'; readonly name: string }
  | {
      readonly kind: 'winner' | 'front';
      readonly texts: Pick<Contestant['predictor'], 'name' | 'description' | 'fittedOn'>;
      readonly program: Program;
      readonly fits: readonly GroupFit[];
      readonly scope: Scope;
    };

/** What the process that fits and scores a predictor starts with. */
export interface ContestantStart {
  readonly dataset: Dataset;
  readonly target: TargetName;
  readonly contestant: WrittenContestant;
}

/** What it says. */
export type FromContestant =
  | { readonly kind: 'scored'; readonly scored: ScoredContestant }
  | { readonly kind: 'failed'; readonly stack: string };

/** How a predictor does against test requests; undefined where the data has no clients, or the target is no clock. */
export function closedLoopOf(
  dataset: Dataset,
  target: TargetName,
): ((contestant: Contestant, fitted: FittedPredictor) => ReturnType<typeof closedLoopScore>) | undefined {
  // The scheduler's part of a step is no clock that requests could go by.
  const served = target === 'cycle' ? withClients(dataset) : [];
  if (served.length === 0) return undefined;
  return ({ kind }, fitted) =>
    closedLoopScore(
      serveExperiments(dataset, served, fitted, OVERHEADS_OF[kind === 'baseline' ? 'baseline' : 'program']),
    );
}

/** Lets workers fit and score contestants, each in a job of its own; they come back in order. */
export async function scoreOnQueue(
  queue: QueueClient,
  dataset: Dataset,
  target: TargetName,
  contestants: readonly Contestant[],
  run: { readonly front: readonly Individual[]; readonly scope: Scope } | undefined,
  onScored: (name: string) => void,
): Promise<readonly ScoredContestant[]> {
  const { name, content } = packed(dataset);
  await queue.keep(name, content);
  return Promise.all(
    contestants.map(async (contestant) => {
      const task: ContestantTask = { dataset: name, target, contestant: written(contestant, run) };
      const answer = await queue.submit('contestant', task).answer;
      if (answer.kind === 'given-up') throw new Error(`${contestant.predictor.name} was given up: ${answer.detail}`);
      onScored(contestant.predictor.name);
      return deserialize(Buffer.from(String(answer.value), 'base64')) as ScoredContestant;
    }),
  );
}

function written(
  { kind, predictor }: Contestant,
  run: { readonly front: readonly Individual[]; readonly scope: Scope } | undefined,
): WrittenContestant {
  const { name, description, fittedOn } = predictor;
  if (kind === 'baseline') return { kind, name };
  const individual = run?.front.find(({ id }) => name === `program ${id}`);
  if (run === undefined || individual === undefined) throw new Error(`${name} is not of the run's front`);
  const { program, evaluation } = individual;
  return { kind, texts: { name, description, fittedOn }, program, fits: fitsInUse(evaluation), scope: run.scope };
}

/** A contestant that can be fitted. */
export function readContestant(given: WrittenContestant): Contestant {
  if (given.kind === 'baseline') {
    const predictor = referencePredictors().find(({ name }) => name === given.name);
    if (predictor === undefined) throw new Error(`no such predictor: ${given.name}`);
    return { kind: 'baseline', predictor };
  }
  const { kind, texts, program, fits, scope } = given;
  return { kind, predictor: { ...texts, fit: () => fittedProgram(program, fits, scope) } };
}

/** Fits and scores a predictor in a process of its own: a fit may take minutes, and meanwhile a worker must say that it lives. */
export async function contestantJob(given: unknown, context: JobContext): Promise<string> {
  const { dataset, ...task } = given as ContestantTask;
  const start: ContestantStart = { ...task, dataset: deserialize(await context.read(dataset)) as Dataset };
  const child = fork(CONTESTANT_PROGRAM.path, {
    serialization: 'advanced',
    execArgv: [...CONTESTANT_PROGRAM.options],
    env: workerEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const said = await new Promise<FromContestant>((resolve, reject) => {
      child.on('message', (message: FromContestant) => resolve(message));
      child.on('error', reject);
      child.on('exit', (code, signal) => reject(new Error(`the process ended with ${signal ?? `code ${code}`}`)));
      child.send(start);
    });
    if (said.kind === 'failed') throw new Error(said.stack);
    return serialize(said.scored).toString('base64');
  } finally {
    child.kill('SIGKILL');
  }
}
