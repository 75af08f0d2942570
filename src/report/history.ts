import type { Accepted } from '../evaluate/index.ts';
import { readGenerations, type Run } from '../run/index.ts';
import { type Origin, type ProposedEvent, SEED_OPERATOR, type SearchRejectReason } from '../search/index.ts';

/** A program that was evaluated in a run. Errors in percent. */
export interface LoggedProgram {
  readonly id: string;
  readonly origin: Origin;
  readonly source: string;
  readonly error: number;
  readonly validationError: number;
}

/** A seed program with its evaluation. */
export interface LoggedSeed extends LoggedProgram {
  readonly evaluation: Accepted;
}

/** How a run stood after a generation. */
export interface GenerationFigures {
  readonly generation: number;
  /** The lowest error on training rows so far, and what that program has on validation rows. */
  readonly error: number;
  readonly validationError: number;
}

/** A program that lowered the best error of the run. */
export interface Improvement {
  readonly generation: number;
  readonly id: string;
  readonly operator: string;
  readonly mutation: string;
  readonly error: number;
}

/** What one mutation of an operator has brought. */
export interface OperatorFigures {
  readonly operator: string;
  readonly mutation: string;
  readonly proposed: number;
  readonly evaluated: number;
  /** Programs that joined the Pareto front when they came. */
  readonly front: number;
  /** Programs that filled an empty niche or replaced an elite. */
  readonly niches: number;
  /** Programs that lowered the best error of the run. */
  readonly best: number;
}

/** Proposals that were rejected for one reason, with the first few details. */
export interface RejectionFigures {
  readonly reason: SearchRejectReason;
  readonly count: number;
  readonly examples: readonly { readonly mutation: string; readonly detail: string; readonly source: string }[];
}

/** What the log of a run tells beyond its present state. */
export interface RunHistory {
  readonly programs: ReadonlyMap<string, LoggedProgram>;
  readonly seeds: readonly LoggedSeed[];
  readonly generations: readonly GenerationFigures[];
  readonly improvements: readonly Improvement[];
  /** Those with the most front programs first. */
  readonly operators: readonly OperatorFigures[];
  /** The most frequent reason first. */
  readonly rejections: readonly RejectionFigures[];
}

const EXAMPLES = 3;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the log of a run once. A run may be going on meanwhile: what is not committed is left out. */
export function readHistory(run: Run): RunHistory {
  const programs = new Map<string, LoggedProgram>();
  const seeds: LoggedSeed[] = [];
  const generations: GenerationFigures[] = [];
  const improvements: Improvement[] = [];
  const operators = new Map<string, Writable<OperatorFigures>>();
  const rejections = new Map<SearchRejectReason, { count: number; examples: RejectionFigures['examples'][number][] }>();
  let best: LoggedProgram | undefined;

  const figuresOf = ({ operator, mutation }: Origin): Writable<OperatorFigures> => {
    const key = `${operator}:${mutation}`;
    const known = operators.get(key);
    if (known !== undefined) return known;
    const fresh = { operator, mutation, proposed: 0, evaluated: 0, front: 0, niches: 0, best: 0 };
    operators.set(key, fresh);
    return fresh;
  };

  for (const committed of readGenerations(run.files.events)) {
    const open = new Map<number, ProposedEvent>();
    for (const { event } of committed) {
      if (event.type === 'proposed') {
        open.set(event.sequence, event);
        if (event.operator !== SEED_OPERATOR) figuresOf(event).proposed++;
      } else if (event.type === 'rejected') {
        const proposal = open.get(event.sequence);
        const entry = rejections.get(event.reason) ?? { count: 0, examples: [] };
        rejections.set(event.reason, entry);
        entry.count++;
        if (proposal !== undefined && entry.examples.length < EXAMPLES) {
          const { operator, mutation, source } = proposal;
          entry.examples.push({ mutation: `${operator}:${mutation}`, detail: event.detail, source });
        }
      } else if (event.type === 'evaluated') {
        const proposal = open.get(event.sequence);
        if (proposal?.id === null || proposal === undefined) continue;
        const program = loggedProgram(proposal, proposal.id, event.evaluation);
        if (!programs.has(program.id)) programs.set(program.id, program);
        const isSeed = proposal.operator === SEED_OPERATOR;
        if (isSeed) seeds.push({ ...program, evaluation: event.evaluation });
        else figuresOf(proposal).evaluated++;
        if (best !== undefined && program.error >= best.error) continue;
        best = program;
        const { generation, operator, mutation } = proposal;
        improvements.push({ generation, id: program.id, operator, mutation, error: program.error });
        if (!isSeed) figuresOf(proposal).best++;
      } else if (event.type === 'inserted') {
        const proposal = open.get(event.sequence);
        if (proposal === undefined || proposal.operator === SEED_OPERATOR) continue;
        const figures = figuresOf(proposal);
        if (event.front) figures.front++;
        if (event.status !== 'rejected') figures.niches++;
      } else if (event.type === 'refitted') {
        for (const { id, evaluation } of event.programs) {
          const { error, validationError } = evaluation;
          const program = { ...(programs.get(id) as LoggedProgram), error, validationError };
          programs.set(id, program);
          const seed = seeds.findIndex((candidate) => candidate.id === id);
          if (seed >= 0) seeds[seed] = { ...program, evaluation };
          if (best !== undefined && error >= best.error) continue;
          best = program;
          improvements.push({ generation: event.generation, id, operator: 'refit', mutation: 'converged', error });
        }
      } else if (event.type === 'generation' && best !== undefined) {
        const { error, validationError } = best;
        generations.push({ generation: event.generation, error, validationError });
      }
    }
  }
  return {
    programs,
    seeds,
    generations,
    improvements,
    operators: [...operators.values()].sort(
      (a, b) => b.front - a.front || b.niches - a.niches || (a.mutation < b.mutation ? -1 : 1),
    ),
    rejections: [...rejections]
      .map(([reason, entry]) => ({ reason, ...entry }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  };
}

function loggedProgram(proposal: ProposedEvent, id: string, evaluation: Accepted): LoggedProgram {
  const { sequence, generation, island, operator, mutation, parents, source } = proposal;
  return {
    id,
    origin: { sequence, generation, island, operator, mutation, parents },
    source,
    error: evaluation.error,
    validationError: evaluation.validationError,
  };
}
