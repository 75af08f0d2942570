import type { Accepted } from '../evaluate/index.ts';
import {
  type EventReader,
  ignore,
  type Origin,
  originOf,
  type ProposedEvent,
  SEED_OPERATOR,
  type SearchRejectReason,
} from '../search/index.ts';
import type {
  GenerationFigures,
  Improvement,
  LoggedProgram,
  LoggedSeed,
  OperatorFigures,
  RejectionFigures,
} from './history-figures.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The history of a run while its log is read; the reader changes it in place. */
interface OpenHistory {
  readonly programs: Map<string, LoggedProgram>;
  readonly seeds: LoggedSeed[];
  readonly generations: GenerationFigures[];
  readonly improvements: Improvement[];
  /** By operator and mutation. */
  readonly operators: Map<string, Writable<OperatorFigures>>;
  readonly rejections: Map<
    SearchRejectReason,
    Writable<RejectionFigures> & { readonly examples: RejectionFigures['examples'][number][] }
  >;
  /** The program of the lowest error so far. */
  best: LoggedProgram | undefined;
}

/** Rejections of one reason whose details are kept. */
const EXAMPLES = 3;

/** The history before any event. */
export function createHistory(): OpenHistory {
  return {
    programs: new Map(),
    seeds: [],
    generations: [],
    improvements: [],
    operators: new Map(),
    rejections: new Map(),
    best: undefined,
  };
}

function figuresOf({ operators }: OpenHistory, { operator, mutation }: Origin): Writable<OperatorFigures> {
  const key = `${operator}:${mutation}`;
  const known = operators.get(key);
  if (known !== undefined) return known;
  const fresh = { operator, mutation, proposed: 0, evaluated: 0, front: 0, niches: 0, best: 0 };
  operators.set(key, fresh);
  return fresh;
}

function loggedProgram(event: ProposedEvent, id: string, evaluation: Accepted): LoggedProgram {
  return {
    id,
    origin: originOf(event),
    source: event.source,
    error: evaluation.error,
    validationError: evaluation.validationError,
  };
}

/** Whether a program is the best so far; then it is noted as an improvement. */
function noteBest(
  history: OpenHistory,
  program: LoggedProgram,
  by: Pick<Improvement, 'generation' | 'operator' | 'mutation'>,
): boolean {
  if (history.best !== undefined && program.error >= history.best.error) return false;
  history.best = program;
  const { generation, operator, mutation } = by;
  history.improvements.push({ generation, id: program.id, operator, mutation, error: program.error });
  return true;
}

/** What the log of a run tells beyond its present state. */
export const HISTORY: EventReader<OpenHistory> = {
  called: ignore,

  proposed: (history, event) => {
    if (event.operator !== SEED_OPERATOR) figuresOf(history, event).proposed++;
    return history;
  },

  rejected: (history, { sequence, reason, detail }, context) => {
    const { operator, mutation, source } = context.proposal(sequence).event;
    const entry = history.rejections.get(reason) ?? { reason, count: 0, examples: [] };
    history.rejections.set(reason, entry);
    entry.count++;
    if (entry.examples.length < EXAMPLES) entry.examples.push({ mutation: `${operator}:${mutation}`, detail, source });
    return history;
  },

  evaluated: (history, { sequence, evaluation }, context) => {
    const { event } = context.proposal(sequence);
    if (event.id === null) return history;
    const program = loggedProgram(event, event.id, evaluation);
    if (!history.programs.has(program.id)) history.programs.set(program.id, program);
    const isSeed = event.operator === SEED_OPERATOR;
    if (isSeed) history.seeds.push({ ...program, evaluation });
    else figuresOf(history, event).evaluated++;
    if (noteBest(history, program, event) && !isSeed) figuresOf(history, event).best++;
    return history;
  },

  inserted: (history, { sequence, front, status }, context) => {
    const { event } = context.proposal(sequence);
    if (event.operator === SEED_OPERATOR) return history;
    const figures = figuresOf(history, event);
    if (front) figures.front++;
    if (status !== 'rejected') figures.niches++;
    return history;
  },

  refitted: (history, { generation, programs }) => {
    for (const { id, evaluation } of programs) {
      const earlier = history.programs.get(id);
      if (earlier === undefined) throw new Error(`no program ${id} was evaluated`);
      const program = { ...earlier, error: evaluation.error, validationError: evaluation.validationError };
      history.programs.set(id, program);
      const seed = history.seeds.findIndex((candidate) => candidate.id === id);
      if (seed >= 0) history.seeds[seed] = { ...program, evaluation };
      noteBest(history, program, { generation, operator: 'refit', mutation: 'converged' });
    }
    return history;
  },

  'closed-loop': ignore,

  coverage: ignore,

  migrated: ignore,

  frontier: ignore,

  validation: ignore,

  generation: (history, { generation }) => {
    if (history.best === undefined) return history;
    const { error, validationError } = history.best;
    history.generations.push({ generation, error, validationError });
    return history;
  },
};
