import type { ClosedLoopFit, Evaluation, Evaluator, Rejected } from '../evaluate/index.ts';
import { UserError } from '../base/index.ts';
import { createRandom } from '../numeric/index.ts';
import type { FeatureTable, Program } from '../program/index.ts';
import { archiveFigures } from './archive/index.ts';
import { evaluateAll } from './commit.ts';
import { drawChildren } from './draw-children.ts';
import type { SearchEvent, SearchRejectReason, StopReason } from './events.ts';
import { type Individual, SEED_OPERATOR } from './individual.ts';
import { CONSTANT_SEED_NAME, constantSource } from './last-resort.ts';
import { OpenGeneration, propose, type Waiting } from './open-generation.ts';
import type { Operator } from './operators/operator.ts';
import { choosable, pickProgram } from './pick.ts';
import { barrenAt, progressAt } from './progress.ts';
import { pruneAll } from './prune-generation.ts';
import type { SearchState } from './search-state.ts';
import { readSource } from './source.ts';

/** A program to start from. */
export interface Seed {
  /** E.g. the file's name without its ending. */
  readonly name: string;
  readonly program: Program;
}

/** What a search works with. */
export interface SearchDependencies {
  readonly evaluator: Evaluator;
  /** Every operator that the settings name. */
  readonly operators: readonly Operator[];
  readonly features: FeatureTable;
  readonly seeds: readonly Seed[];
  /** Whether only the program that is chosen by its rows is fitted in closed loop; default: all that may be chosen are. */
  readonly loopsPickAlone?: boolean;
}

/** One committed generation: its events, the last of which is its `generation` event, and the state after them. */
export interface Generation {
  readonly events: readonly SearchEvent[];
  readonly state: SearchState;
}

function drawSeeds(open: OpenGeneration, { seeds, features }: SearchDependencies): readonly Waiting[] {
  return seeds
    .map(({ name, program }, child) =>
      propose(open, { operator: SEED_OPERATOR, mutation: name, parents: [], child, island: 0 }, program, features),
    )
    .filter((waiting) => waiting !== undefined);
}

function isDue(generation: number, interval: number): boolean {
  return generation > 0 && generation % interval === 0;
}

function emitReports(open: OpenGeneration): void {
  const { archive, settings, operators, models } = open.state;
  if (isDue(open.number, settings.migrationInterval) && settings.islands > 1) {
    open.emit({ type: 'migrated', generation: open.number });
  }
  if (isDue(open.number, settings.reportInterval)) {
    const front = archive.front.map(({ id, criteria }) => ({ id, ...criteria }));
    open.emit({ type: 'frontier', generation: open.number, ...archiveFigures(archive), front, operators, models });
  }
  const pick = isDue(open.number, settings.validationInterval) ? pickProgram(archive.front) : undefined;
  if (pick !== undefined) {
    const { error, validationError } = pick.evaluation;
    const gap = validationError - error;
    open.emit({ type: 'validation', generation: open.number, program: pick.id, error, validationError, gap });
  }
}

function stopReason(open: OpenGeneration): StopReason | null {
  const { settings } = open.state;
  if (open.number >= settings.generations) return 'generations';
  if (open.isSpent) return 'budget';
  if (barrenAt(open.state, open.context).generations >= settings.modelPatience) return 'barren';
  const { generation } = progressAt(open.state, open.number);
  return open.number - generation >= settings.patience ? 'stagnation' : null;
}

/** Rejections that the data is to blame for, not the seed programs or the caps. */
const BY_DATA: ReadonlySet<SearchRejectReason> = new Set(['bounds', 'screen', 'not-finite', 'not-positive']);

/** Where no seed program has a value on the data, a constant is what there is to start from. */
async function startFromConstant(
  open: OpenGeneration,
  { evaluator, features, seeds }: SearchDependencies,
): Promise<void> {
  if (open.state.archive.front.length > 0) return;
  const rejections = open.events.filter((event) => event.type === 'rejected');
  const [rejection] = rejections;
  const why = rejection === undefined ? 'there is none' : `${rejection.reason}: ${rejection.detail}`;
  if (rejections.some(({ reason }) => BY_DATA.has(reason))) {
    const constant = readSource(constantSource(`no seed program could be evaluated (${why})`, features.target));
    const origin = {
      operator: SEED_OPERATOR,
      mutation: CONSTANT_SEED_NAME,
      parents: [],
      child: seeds.length,
      island: 0,
    };
    const waiting = propose(open, origin, constant, features);
    if (waiting !== undefined) await evaluateAll(open, [waiting], evaluator, open.state, true);
    if (open.state.archive.front.length > 0) return;
  }
  throw new UserError({
    code: 'search.no-seed',
    problem: `no seed program could be evaluated (${why})`,
    mend: 'give at least one seed program that runs on the features of this dataset',
  });
}

/** Fits programs of the front once more, until they converge: what is fitted on the way is only good enough to be compared. */
async function refit(open: OpenGeneration, front: readonly Individual[], evaluator: Evaluator): Promise<void> {
  const { seed } = open.state.settings;
  const evaluations = await evaluator.evaluate(
    front.map(({ id, program, complexity, evaluation: { fits } }) => ({
      program,
      stream: [seed, 'converge', id],
      fits,
      ...(complexity.features.length === 0 && { mayBeConstant: true }),
    })),
  );
  const programs = front.flatMap(({ id, criteria }, i) => {
    const evaluation = evaluations[i] as Evaluation;
    return evaluation.status === 'ok' && evaluation.error < criteria.error ? [{ id, evaluation }] : [];
  });
  const failed = front.flatMap(({ id }, i) => {
    const evaluation = evaluations[i] as Evaluation;
    return evaluation.status === 'rejected' ? [{ id, reason: evaluation.reason, detail: evaluation.detail }] : [];
  });
  open.emit({ type: 'refitted', generation: open.number, programs, failed });
}

/** Fits the front to convergence, which shows anew what the data does not need, and what is left without that. */
async function finishFront(open: OpenGeneration, dependencies: SearchDependencies): Promise<void> {
  const { evaluator } = dependencies;
  await refit(open, open.state.archive.front, evaluator);
  const pruned = await pruneAll(open, open.state.archive.front, dependencies);
  const ids = new Set(pruned.map(({ id }) => id));
  const added = open.state.archive.front.filter(({ id }) => ids.has(id));
  if (added.length > 0) await refit(open, added, evaluator);
}

/**
 * Fits the programs that may be chosen in closed loop: during a search the batches are those of the replay that the data came
 * with, and what a program makes of them itself is only seen when it serves the requests.
 */
async function closeLoop(open: OpenGeneration, { evaluator, loopsPickAlone }: SearchDependencies): Promise<void> {
  if (evaluator.closeLoop === undefined) return;
  const { front } = open.state.archive;
  const pick = loopsPickAlone === true ? pickProgram(front) : undefined;
  const programs = loopsPickAlone === true ? (pick === undefined ? [] : [pick]) : choosable(front);
  const fits = await evaluator.closeLoop(
    programs.map(({ program, evaluation }) => ({ program, fits: evaluation.fits })),
  );
  const failed = programs.flatMap(({ id }, i) => {
    const why = whyNot(fits[i]!);
    return why === undefined ? [] : [{ id, ...why }];
  });
  const fitted = programs.flatMap(({ id }, i) => {
    const closedLoop = fits[i]!;
    return 'status' in closedLoop || failed.some((other) => other.id === id) ? [] : [{ id, closedLoop }];
  });
  open.emit({
    type: 'closed-loop',
    generation: open.number,
    programs: fitted,
    ...(failed.length > 0 && { failed }),
  });
}

/** Why a fit in closed loop came to nothing: a program without errors there is chosen by those that it has elsewhere. */
function whyNot(fit: ClosedLoopFit | Rejected): Pick<Rejected, 'reason' | 'detail'> | undefined {
  if ('status' in fit) return { reason: fit.reason, detail: fit.detail };
  if (Number.isFinite(fit.error) && Number.isFinite(fit.validationError)) return undefined;
  return { reason: 'not-finite', detail: 'the error in closed loop is not a number' };
}

/**
 * Searches on from a state, one generation for each value that it yields, until the settings say stop. Generation 0 is the
 * seed programs. The same state, settings and dependencies give the same events, however many of the evaluator's workers
 * run at a time. The caller stores each generation before it asks for the next one; it may stop to ask at any time.
 *
 * @throws UserError where no seed program can be evaluated.
 */
export async function* search(start: SearchState, dependencies: SearchDependencies): AsyncGenerator<Generation> {
  const random = createRandom(start.settings.seed).split('search');
  let state = start;
  while (state.stopped === null) {
    const open = new OpenGeneration(state);
    const waiting =
      open.number === 0
        ? drawSeeds(open, dependencies)
        : await drawChildren(open, dependencies, random.split('propose'));
    const taken = await evaluateAll(open, waiting, dependencies.evaluator, state);
    if (open.number === 0) await startFromConstant(open, dependencies);
    else await pruneAll(open, taken, dependencies);
    const stopped = stopReason(open);
    if (stopped !== null) {
      await finishFront(open, dependencies);
      await closeLoop(open, dependencies);
    }
    emitReports(open);
    open.emit({ type: 'generation', generation: open.number, stopped });
    state = open.state;
    yield { events: open.events, state };
  }
}
