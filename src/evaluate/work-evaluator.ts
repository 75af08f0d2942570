import type { RegressionTable, SplitName } from '../data/index.ts';
import { UserError } from '../base/index.ts';
import type { Program } from '../program/index.ts';
import { StepIntervals } from './beyond/index.ts';
import { judgedTable } from './entries.ts';
import type { WorkExecutor } from './executor.ts';
import { groupExperiments } from './groups.ts';
import { precheck, reject } from './precheck.ts';
import type { EvaluateSettings } from './settings.ts';
import type {
  Candidate,
  ClosedLoopFit,
  Draft,
  DraftScore,
  Evaluation,
  Evaluator,
  ExperimentMetrics,
  FittedProgram,
  GroupFit,
  IntervalCoverage,
  Rejected,
} from './types.ts';

/** Drafts that make one piece of work. */
const DRAFTS = 32;

/** What a `WorkEvaluator` evaluates on, and how. */
export interface WorkEvaluatorOptions {
  readonly table: RegressionTable;
  readonly settings: EvaluateSettings;
  /** Whether programs can be fitted in closed loop too. */
  readonly hasClients: boolean;
}

/**
 * Evaluates programs by pieces of work, wherever these are done: checks what is asked, takes it apart, and puts the answers together
 * in the order of the questions.
 */
export class WorkEvaluator implements Evaluator {
  readonly #table: RegressionTable;
  readonly #settings: EvaluateSettings;
  readonly #executor: WorkExecutor;
  readonly closeLoop?: NonNullable<Evaluator['closeLoop']>;

  constructor({ table, settings, hasClients }: WorkEvaluatorOptions, executor: WorkExecutor) {
    this.#table = judgedTable(table, settings.objective);
    this.#settings = settings;
    this.#executor = executor;
    if (hasClients) this.closeLoop = async (programs) => this.#closeLoop(programs);
  }

  async evaluate(candidates: readonly Candidate[]): Promise<readonly Evaluation[]> {
    this.#checkRows();
    return Promise.all(candidates.map((candidate) => this.#evaluateOne(candidate)));
  }

  readonly scoreDrafts = async (drafts: readonly Draft[]): Promise<readonly (DraftScore | undefined)[]> => {
    const parts = Array.from({ length: Math.ceil(drafts.length / DRAFTS) }, (_, k) =>
      drafts.slice(DRAFTS * k, DRAFTS * (k + 1)),
    );
    const outcomes = await Promise.all(
      parts.map((part) => this.#executor.submit({ kind: 'score-drafts', drafts: part })),
    );
    return outcomes.flatMap((outcome, k) => {
      if (outcome.kind === 'draft-scores') return outcome.scores;
      if (outcome.kind === 'failure') return parts[k]!.map(() => undefined);
      throw new Error(`drafts were answered by ${outcome.kind}`);
    });
  };

  async #evaluateOne(candidate: Candidate): Promise<Evaluation> {
    const outcome = await this.#executor.submit({ kind: 'evaluate', candidate });
    if (outcome.kind === 'evaluation') return outcome.evaluation;
    if (outcome.kind === 'failure') return reject(outcome.failure.reason, outcome.failure.detail);
    throw new Error(`an evaluation was answered by ${outcome.kind}`);
  }

  async score(program: Program, fits: readonly GroupFit[], split: SplitName): Promise<readonly ExperimentMetrics[]> {
    const rejected = precheck(program, this.#table.features, this.#settings);
    if (rejected !== undefined) {
      throw new UserError({
        code: 'evaluate.not-scorable',
        problem: `the program cannot be scored: ${rejected.detail}`,
        mend: 'Choose another program',
      });
    }
    this.#checkFits(program, fits);
    const outcome = await this.#executor.submit({ kind: 'score', program, fits, split });
    if (outcome.kind === 'metrics') return outcome.metrics;
    throw new Error(outcome.kind === 'failure' ? outcome.failure.detail : `a score was answered by ${outcome.kind}`);
  }

  async #closeLoop(programs: readonly FittedProgram[]): Promise<readonly (ClosedLoopFit | Rejected)[]> {
    const outcomes = await Promise.all(programs.map((fitted) => this.#executor.submit({ kind: 'close-loop', fitted })));
    return outcomes.map((outcome) => {
      if (outcome.kind === 'closed-loop') return outcome.closedLoop;
      if (outcome.kind === 'failure') return reject(outcome.failure.reason, outcome.failure.detail);
      throw new Error(`a fit in closed loop was answered by ${outcome.kind}`);
    });
  }

  /** Made in this process, as all that reads a program's intervals does: no kernel has part in it. */
  coverage({ program, fits }: FittedProgram): Promise<IntervalCoverage | null> {
    const { validation } = new StepIntervals(program, fits, this.#table, this.#settings);
    if (validation === null) return Promise.resolve(null);
    const { rows, coverage, low, high } = validation;
    return Promise.resolve({ rows, coverage, low, high });
  }

  close(): Promise<void> {
    return this.#executor.close();
  }

  #checkRows(): void {
    const { experiments } = this.#table;
    const has = (split: SplitName, index: number): boolean => {
      const { observations, rows } = experiments[index] ?? {};
      const [start, end] = (observations ?? rows)?.[split] ?? [0, 0];
      return end > start;
    };
    for (const [group, members] of groupExperiments(experiments, this.#settings.scope)) {
      if (!members.some((index) => has('train', index))) {
        throw new UserError({
          code: 'evaluate.no-training-rows',
          problem: `${group} has no training rows`,
          mend: 'Leave it out, or use data with more step records',
        });
      }
    }
    if (!experiments.some((_, index) => has('valid', index))) {
      throw new UserError({
        code: 'evaluate.no-validation-rows',
        problem: 'the data has no validation rows',
        mend: 'Use data with more step records',
      });
    }
  }

  #checkFits(program: Program, fits: readonly GroupFit[]): void {
    for (const group of groupExperiments(this.#table.experiments, this.#settings.scope).keys()) {
      const fit = fits.find((candidate) => candidate.group === group);
      const missing = program.constants.find(({ name }) => fit === undefined || !Object.hasOwn(fit.constants, name));
      if (missing !== undefined) {
        throw new UserError({
          code: 'evaluate.missing-constant',
          problem: `the program has no constant ${missing.name} for the group ${group}`,
          mend: 'Score it on the data and with the scope that it was fitted with',
        });
      }
    }
  }
}
