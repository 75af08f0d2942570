import { type ClosedLoopFit, fitsInUse, type IntervalCoverage, type Rejected } from '../evaluate/index.ts';
import type { SearchDependencies } from './dependencies.ts';
import type { OpenGeneration } from './open-generation.ts';
import { choosable, explainPick, pickProgram } from './pick.ts';

/**
 * Fits the programs that may be chosen in closed loop: during a search the batches are those of the replay that the data came
 * with, and what a program makes of them itself is only seen when it serves the requests.
 */
async function closeLoop(open: OpenGeneration, { evaluator, objective }: SearchDependencies): Promise<void> {
  if (evaluator.closeLoop === undefined) return;
  const { front } = open.state.archive;
  const pick = pickProgram(front, objective);
  const programs = objective === 'replay' ? choosable(front, objective) : pick === undefined ? [] : [pick];
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

/**
 * Looks whether validation rows lie within the intervals of the pick, and of the program of the lowest error that it is compared with;
 * of the next ones where that shows that these are not to be trusted. What no such round asks for would not change the pick.
 */
async function judgeIntervals(open: OpenGeneration, { evaluator, objective }: SearchDependencies): Promise<void> {
  const judged = new Set<string>();
  for (;;) {
    const pick = explainPick(open.state.archive.front, objective);
    const next = open.state.archive.front.filter(
      ({ id }) => (id === pick?.individual.id || id === pick?.lowest) && !judged.has(id),
    );
    if (evaluator.coverage === undefined || next.length === 0) return;
    const programs: { id: string; coverage: IntervalCoverage }[] = [];
    for (const { id, program, evaluation } of next) {
      judged.add(id);
      const coverage = await evaluator.coverage({ program, fits: fitsInUse(evaluation) });
      if (coverage !== null) programs.push({ id, coverage });
    }
    if (programs.length > 0) open.emit({ type: 'coverage', generation: open.number, programs });
  }
}

/** What decides among the programs of the front once they are fitted. */
export async function judgeFront(open: OpenGeneration, dependencies: SearchDependencies): Promise<void> {
  if (dependencies.objective === 'replay') {
    await closeLoop(open, dependencies);
    await judgeIntervals(open, dependencies);
  } else {
    // Here the closed loop does not fit constants, and is for the pick alone.
    await judgeIntervals(open, dependencies);
    await closeLoop(open, dependencies);
  }
}

/** Why a fit in closed loop came to nothing: a program without errors there is chosen by those that it has elsewhere. */
function whyNot(fit: ClosedLoopFit | Rejected): Pick<Rejected, 'reason' | 'detail'> | undefined {
  if ('status' in fit) return { reason: fit.reason, detail: fit.detail };
  if (Number.isFinite(fit.error) && Number.isFinite(fit.validationError)) return undefined;
  return { reason: 'not-finite', detail: 'the error in closed loop is not a number' };
}
