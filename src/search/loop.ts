import type { Candidate, Evaluation, Evaluator } from '../evaluate/index.ts';
import { createRandom, type Random, UserError } from '../numeric/index.ts';
import type { FeatureTable, Program } from '../program/index.ts';
import { archiveFigures } from './archive/index.ts';
import type { ProposedEvent, SearchEvent, StopReason } from './events.ts';
import { programId } from './individual.ts';
import type { Operator, Proposal } from './operators/operator.ts';
import { pickProgram } from './pick.ts';
import { createSelector } from './selection.ts';
import { normalise } from './source.ts';
import { applyEvent, place, progressAt, SEED_OPERATOR, type SearchState } from './state.ts';

/** A program to start from. */
export interface Seed {
  /** E.g. the file's name without its ending. */
  readonly name: string;
  readonly program: Program;
}

/** What a search works with. */
export interface SearchDependencies {
  readonly evaluator: Evaluator;
  readonly operator: Operator;
  readonly features: FeatureTable;
  readonly seeds: readonly Seed[];
}

/** One committed generation: its events, the last of which is its `generation` event, and the state after them. */
export interface Generation {
  readonly events: readonly SearchEvent[];
  readonly state: SearchState;
}

/** Collects the events of a generation and folds them as they come. */
class OpenGeneration {
  readonly number: number;
  readonly #events: SearchEvent[] = [];
  #state: SearchState;
  #sequence: number;

  constructor(state: SearchState) {
    this.number = state.generation + 1;
    this.#state = state;
    this.#sequence = state.counts.proposed;
  }

  get state(): SearchState {
    return this.#state;
  }

  get events(): readonly SearchEvent[] {
    return this.#events;
  }

  nextSequence(): number {
    return this.#sequence++;
  }

  emit(event: SearchEvent): void {
    // The fold sees what a reader of the log will see: JSON has no NaN, no infinity and no −0.
    const logged = JSON.parse(JSON.stringify(event)) as SearchEvent;
    this.#events.push(logged);
    this.#state = applyEvent(this.#state, logged);
  }

  /** Whether a program was proposed before, in this generation or an earlier one. */
  isKnown(id: string): boolean {
    return this.#state.known.has(id) || this.#state.open.proposed.some((event) => event.id === id);
  }
}

/** A proposal that waits for its evaluation. */
interface Waiting {
  readonly event: ProposedEvent;
  readonly program: Program;
}

type Draft = Pick<ProposedEvent, 'operator' | 'mutation' | 'parents' | 'child' | 'island'>;

/** Logs a program; answers undefined, and logs the rejection, where the run knows it already. */
const propose = (open: OpenGeneration, draft: Draft, proposed: Program): Waiting | undefined => {
  const { source, program } = normalise(proposed);
  const id = programId(program);
  const isKnown = open.isKnown(id);
  const event: ProposedEvent = {
    type: 'proposed',
    sequence: open.nextSequence(),
    generation: open.number,
    ...draft,
    id,
    source,
  };
  open.emit(event);
  if (!isKnown) return { event, program };
  const detail = `${id} was proposed before`;
  open.emit({ type: 'rejected', sequence: event.sequence, reason: 'duplicate', detail });
  return undefined;
};

const proposeFailure = (open: OpenGeneration, draft: Draft, failure: Extract<Proposal, { ok: false }>): void => {
  const sequence = open.nextSequence();
  const { source, reason, detail } = failure;
  open.emit({ type: 'proposed', sequence, generation: open.number, ...draft, id: null, source });
  open.emit({ type: 'rejected', sequence, reason, detail });
};

/**
 * Draws the children from the state at the start of the generation. Each has its own random stream by (generation, child,
 * attempt), so the order in which an operator answers does not matter; a child that comes to nothing is drawn again.
 */
const drawChildren = async (
  open: OpenGeneration,
  { operator, features }: SearchDependencies,
  random: Random,
): Promise<readonly Waiting[]> => {
  const start = open.state;
  const { children, islands, caps } = start.settings;
  const selectors = start.archive.islands.map((_, island) => createSelector(start.archive, island));
  const drawn = new Map<number, Waiting>();
  let missing = Array.from({ length: children }, (_, child) => child);
  for (let attempt = 0; attempt <= operator.redraws && missing.length > 0; attempt++) {
    const islandOf = (child: number): number => (open.number * children + child) % islands;
    const proposals = await Promise.all(
      missing.map((child) =>
        operator.propose(
          {
            generation: open.number,
            child,
            features,
            caps,
            select: selectors[islandOf(child)] as (typeof selectors)[number],
            credits: start.credits[operator.name] ?? {},
          },
          random.split(open.number, child, attempt),
        ),
      ),
    );
    missing.forEach((child, i) => {
      const proposal = proposals[i] as Proposal;
      const { mutation, parents } = proposal;
      const draft: Draft = { operator: operator.name, mutation, parents, child, island: islandOf(child) };
      if (!proposal.ok) return proposeFailure(open, draft, proposal);
      const waiting = propose(open, draft, proposal.program);
      if (waiting !== undefined) drawn.set(child, waiting);
    });
    missing = missing.filter((child) => !drawn.has(child));
  }
  return [...drawn.values()].sort((a, b) => a.event.sequence - b.event.sequence);
};

const drawSeeds = (open: OpenGeneration, seeds: readonly Seed[]): readonly Waiting[] =>
  seeds
    .map(({ name, program }, child) =>
      propose(open, { operator: SEED_OPERATOR, mutation: name, parents: [], child, island: 0 }, program),
    )
    .filter((waiting) => waiting !== undefined);

/** Logs the evaluations and the archive's answers in sequence order, whatever the order in which they were made. */
const commit = (open: OpenGeneration, waiting: readonly Waiting[], evaluations: readonly Evaluation[]): void => {
  waiting.forEach(({ event: { sequence } }, i) => {
    const evaluation = evaluations[i] as Evaluation;
    if (evaluation.status === 'rejected') {
      const { reason, detail } = evaluation;
      return open.emit({ type: 'rejected', sequence, reason, detail });
    }
    if (!Number.isFinite(evaluation.error)) {
      return open.emit({ type: 'rejected', sequence, reason: 'not-finite', detail: 'the error is not a number' });
    }
    open.emit({ type: 'evaluated', sequence, evaluation });
    const individual = open.state.open.individuals.at(-1);
    if (individual === undefined) throw new Error('the fold kept no individual');
    open.emit({ type: 'inserted', sequence, ...place(open.state.archive, individual).insertion });
  });
};

const isDue = (generation: number, interval: number): boolean => generation > 0 && generation % interval === 0;

const emitReports = (open: OpenGeneration): void => {
  const { archive, settings } = open.state;
  if (isDue(open.number, settings.migrationInterval) && settings.islands > 1) {
    open.emit({ type: 'migrated', generation: open.number });
  }
  if (isDue(open.number, settings.reportInterval)) {
    const front = archive.front.map(({ id, objectives }) => ({ id, ...objectives }));
    open.emit({ type: 'frontier', generation: open.number, ...archiveFigures(archive), front });
  }
  const pick = isDue(open.number, settings.validationInterval) ? pickProgram(archive.front) : undefined;
  if (pick !== undefined) {
    const { error, validationError } = pick.evaluation;
    const gap = validationError - error;
    open.emit({ type: 'validation', generation: open.number, program: pick.id, error, validationError, gap });
  }
};

const stopReason = (open: OpenGeneration): StopReason | null => {
  const { settings } = open.state;
  if (open.number >= settings.generations) return 'generations';
  const { generation } = progressAt(open.state, open.number);
  return open.number - generation >= settings.patience ? 'stagnation' : null;
};

const refuseEmptyArchive = (open: OpenGeneration): void => {
  if (open.state.archive.front.length > 0) return;
  const rejection = open.events.find((event) => event.type === 'rejected');
  const why = rejection === undefined ? 'there is none' : `${rejection.reason}: ${rejection.detail}`;
  throw new UserError(
    `no seed program could be evaluated (${why})`,
    'give at least one seed program that runs on the features of this dataset',
  );
};

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
        ? drawSeeds(open, dependencies.seeds)
        : await drawChildren(open, dependencies, random.split('propose'));
    const candidates: Candidate[] = waiting.map(({ program, event }) => ({
      program,
      stream: [start.settings.seed, 'evaluate', event.id ?? ''],
    }));
    commit(open, waiting, await dependencies.evaluator.evaluate(candidates));
    if (open.number === 0) refuseEmptyArchive(open);
    emitReports(open);
    open.emit({ type: 'generation', generation: open.number, stopped: stopReason(open) });
    state = open.state;
    yield { events: open.events, state };
  }
}
