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
interface HistoryDraft {
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
export const createHistory = (): HistoryDraft => ({
  programs: new Map(),
  seeds: [],
  generations: [],
  improvements: [],
  operators: new Map(),
  rejections: new Map(),
  best: undefined,
});

const figuresOf = ({ operators }: HistoryDraft, { operator, mutation }: Origin): Writable<OperatorFigures> => {
  const key = `${operator}:${mutation}`;
  const known = operators.get(key);
  if (known !== undefined) return known;
  const fresh = { operator, mutation, proposed: 0, evaluated: 0, front: 0, niches: 0, best: 0 };
  operators.set(key, fresh);
  return fresh;
};

const loggedProgram = (event: ProposedEvent, id: string, evaluation: Accepted): LoggedProgram => ({
  id,
  origin: originOf(event),
  source: event.source,
  error: evaluation.error,
  validationError: evaluation.validationError,
});

/** Whether a program is the best so far; then it is noted as an improvement. */
const noteBest = (
  draft: HistoryDraft,
  program: LoggedProgram,
  by: Pick<Improvement, 'generation' | 'operator' | 'mutation'>,
): boolean => {
  if (draft.best !== undefined && program.error >= draft.best.error) return false;
  draft.best = program;
  const { generation, operator, mutation } = by;
  draft.improvements.push({ generation, id: program.id, operator, mutation, error: program.error });
  return true;
};

/** What the log of a run tells beyond its present state. */
export const HISTORY: EventReader<HistoryDraft> = {
  called: ignore,

  proposed: (draft, event) => {
    if (event.operator !== SEED_OPERATOR) figuresOf(draft, event).proposed++;
    return draft;
  },

  rejected: (draft, { sequence, reason, detail }, context) => {
    const { operator, mutation, source } = context.proposal(sequence).event;
    const entry = draft.rejections.get(reason) ?? { reason, count: 0, examples: [] };
    draft.rejections.set(reason, entry);
    entry.count++;
    if (entry.examples.length < EXAMPLES) entry.examples.push({ mutation: `${operator}:${mutation}`, detail, source });
    return draft;
  },

  evaluated: (draft, { sequence, evaluation }, context) => {
    const { event } = context.proposal(sequence);
    if (event.id === null) return draft;
    const program = loggedProgram(event, event.id, evaluation);
    if (!draft.programs.has(program.id)) draft.programs.set(program.id, program);
    const isSeed = event.operator === SEED_OPERATOR;
    if (isSeed) draft.seeds.push({ ...program, evaluation });
    else figuresOf(draft, event).evaluated++;
    if (noteBest(draft, program, event) && !isSeed) figuresOf(draft, event).best++;
    return draft;
  },

  inserted: (draft, { sequence, front, status }, context) => {
    const { event } = context.proposal(sequence);
    if (event.operator === SEED_OPERATOR) return draft;
    const figures = figuresOf(draft, event);
    if (front) figures.front++;
    if (status !== 'rejected') figures.niches++;
    return draft;
  },

  refitted: (draft, { generation, programs }) => {
    for (const { id, evaluation } of programs) {
      const earlier = draft.programs.get(id);
      if (earlier === undefined) throw new Error(`no program ${id} was evaluated`);
      const program = { ...earlier, error: evaluation.error, validationError: evaluation.validationError };
      draft.programs.set(id, program);
      const seed = draft.seeds.findIndex((candidate) => candidate.id === id);
      if (seed >= 0) draft.seeds[seed] = { ...program, evaluation };
      noteBest(draft, program, { generation, operator: 'refit', mutation: 'converged' });
    }
    return draft;
  },

  migrated: ignore,

  frontier: ignore,

  validation: ignore,

  generation: (draft, { generation }) => {
    if (draft.best === undefined) return draft;
    const { error, validationError } = draft.best;
    draft.generations.push({ generation, error, validationError });
    return draft;
  },
};
