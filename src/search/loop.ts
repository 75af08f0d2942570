import { UserError } from '../base/index.ts';
import { createRandom } from '../numeric/index.ts';
import { readSource } from '../program/index.ts';
import { archiveFigures } from './archive/index.ts';
import { evaluateAll } from './commit.ts';
import type { SearchDependencies } from './dependencies.ts';
import { drawChildren } from './draw-children.ts';
import type { SearchEvent, SearchRejectReason, StopReason } from './events.ts';
import { finishFront } from './finish-front.ts';
import { SEED_OPERATOR } from './individual.ts';
import { judgeFront } from './judge-front.ts';
import { CONSTANT_SEED_NAME, constantSource } from './last-resort.ts';
import { OpenGeneration, propose, type Waiting } from './open-generation.ts';
import { pickProgram } from './pick.ts';
import { barrenAt, progressAt } from './progress.ts';
import { pruneAll } from './prune-generation.ts';
import type { SearchState } from './search-state.ts';

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

function emitReports(open: OpenGeneration, { objective }: SearchDependencies): void {
  const { archive, settings, operators, models } = open.state;
  if (isDue(open.number, settings.migrationInterval) && settings.islands > 1) {
    open.emit({ type: 'migrated', generation: open.number });
  }
  if (isDue(open.number, settings.reportInterval)) {
    const front = archive.front.map(({ id, criteria }) => ({ id, ...criteria }));
    open.emit({ type: 'frontier', generation: open.number, ...archiveFigures(archive), front, operators, models });
  }
  const pick = isDue(open.number, settings.validationInterval) ? pickProgram(archive.front, objective) : undefined;
  if (pick !== undefined) {
    const { error, validationError } = pick.evaluation;
    const gap = validationError - error;
    open.emit({ type: 'validation', generation: open.number, program: pick.id, error, validationError, gap });
  }
}

function stopReason(open: OpenGeneration, { isTimeUp }: SearchDependencies): StopReason | null {
  const { settings } = open.state;
  if (open.number >= settings.generations) return 'generations';
  if (isTimeUp?.(open.number) === true) return 'time';
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
    const stopped = stopReason(open, dependencies);
    if (stopped !== null) {
      await finishFront(open, dependencies);
      await judgeFront(open, dependencies);
    }
    emitReports(open, dependencies);
    const { drafts } = open;
    open.emit({ type: 'generation', generation: open.number, stopped, ...(drafts > 0 && { drafts }) });
    state = open.state;
    yield { events: open.events, state };
  }
}
