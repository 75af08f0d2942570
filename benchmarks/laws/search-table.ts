import {
  type Candidate,
  DEFAULT_EVALUATE_SETTINGS,
  type Evaluation,
  type Evaluator,
} from '../../src/evaluate/index.ts';
import { reject } from '../../src/evaluate/precheck.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { classifyFailure } from '../../src/kernel/index.ts';
import { DEFAULT_CAPS } from '../../src/program/index.ts';
import {
  createGrammarOperator,
  DEFAULT_SETTINGS,
  type Individual,
  archiveFigures,
  pickProgram,
  search,
  type SearchSettings,
  type SearchState,
} from '../../src/search/index.ts';
import { initialState } from '../../src/search/search-state.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import type { Problem } from './problem.ts';

/** What a search of some CPU seconds came to. */
export interface Found {
  readonly pick: Individual;
  /** Programs that were scored by a linear fit at least: those of a full fit, drafts, and programs with a term more. */
  readonly candidates: number;
  readonly fitted: number;
  readonly drafts: number;
  readonly generations: number;
  /** Lowest error on training rows, percent, and the hypervolume of the front. */
  readonly trainingError: number;
  readonly hypervolume: number;
  /** Where the time went: scoring drafts, fitting programs, and everything else, CPU seconds. */
  readonly profile: Readonly<Record<'drafts' | 'fits' | 'rest', number>>;
}

/** Share of the time after which the last generation is drawn, which fits the front once more for as long as there is time. */
const LAST_GENERATION = 0.85;
/** Validation errors below, in percent, are rounding: there is nothing left to find. */
const EXACT_PERCENT = 1e-6;

/**
 * Searches the rows of a table for some CPU seconds of this process, which evaluates too. Ends earlier where a program is exact.
 *
 * @throws UserError where no program has a value on the rows
 */
export async function searchTable(
  { table, seeds, settings: given }: Pick<Problem, 'table' | 'seeds' | 'settings'>,
  seconds: number,
  seed: number,
  changes: Partial<SearchSettings> = {},
): Promise<Found> {
  const start = cpuSeconds();
  const programs = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, ...given, seed });
  const evaluator = evaluatorOf(programs, start + seconds);
  const { objective } = given;
  const dependencies = { evaluator, objective, operators: [createGrammarOperator()], features: table.features, seeds };
  const endless = { generations: Number.MAX_SAFE_INTEGER, patience: Number.MAX_SAFE_INTEGER };
  let state = initialState({ ...DEFAULT_SETTINGS, ...endless, ...changes, seed, caps: DEFAULT_CAPS });
  for await (const generation of search(state, dependencies)) {
    state = generation.state;
    if (cpuSeconds() - start > LAST_GENERATION * seconds || isExact(state)) break;
  }
  const last = { ...state, settings: { ...state.settings, generations: state.generation + 1 } };
  for await (const generation of search(last, dependencies)) state = generation.state;
  const { fitted, drafts } = evaluator.counts;
  const { fits, draftScores } = evaluator.seconds;
  return {
    pick: pickProgram(state.archive.front, objective)!,
    candidates: fitted + drafts + programs.scoredTerms,
    fitted,
    drafts,
    generations: state.generation,
    trainingError: Math.min(...state.archive.front.map(({ criteria }) => criteria.error)),
    hypervolume: archiveFigures(state.archive).hypervolume,
    profile: { drafts: draftScores, fits, rest: cpuSeconds() - start - draftScores - fits },
  };
}

function isExact({ archive }: SearchState): boolean {
  return archive.front.some(({ evaluation }) => evaluation.validationError < EXACT_PERCENT);
}

/**
 * In this process, whose CPU time is the measure; the programs are the grammar's own, which end.
 *
 * @param end CPU seconds of this process from which on no program is evaluated
 */
function evaluatorOf(programs: ProgramEvaluator, end: number) {
  const counts = { fitted: 0, drafts: 0 };
  const seconds = { fits: 0, draftScores: 0 };
  const timed = <T>(of: keyof typeof seconds, work: () => T): Promise<T> => {
    const from = cpuSeconds();
    const result = work();
    seconds[of] += cpuSeconds() - from;
    return Promise.resolve(result);
  };
  const evaluateOne = (candidate: Candidate): Evaluation => {
    if (cpuSeconds() > end) return reject('timeout', 'no CPU time is left');
    counts.fitted++;
    try {
      return programs.evaluate(candidate);
    } catch (error) {
      const { reason, detail } = classifyFailure(error);
      return reject(reason, detail);
    }
  };
  const evaluator: Evaluator = {
    evaluate: (all) => timed('fits', () => all.map(evaluateOne)),
    scoreDrafts: (drafts) => {
      if (cpuSeconds() > end) return Promise.resolve(drafts.map(() => undefined));
      counts.drafts += drafts.length;
      return timed('draftScores', () => programs.scoreDrafts(drafts));
    },
    score: (program, fits, split) => Promise.resolve(programs.score(program, fits, split)),
    close: () => Promise.resolve(programs.dispose()),
  };
  return { ...evaluator, counts, seconds };
}
