import type { ClosedLoopFit, Rejected } from '../evaluate/index.ts';
import type { SearchDependencies } from './dependencies.ts';
import type { OpenGeneration } from './open-generation.ts';
import { choosable, pickProgram } from './pick.ts';

/**
 * Fits the programs that may be chosen in closed loop: during a search the batches are those of the replay that the data came
 * with, and what a program makes of them itself is only seen when it serves the requests.
 */
export async function closeLoop(open: OpenGeneration, { evaluator, objective }: SearchDependencies): Promise<void> {
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

/** Why a fit in closed loop came to nothing: a program without errors there is chosen by those that it has elsewhere. */
function whyNot(fit: ClosedLoopFit | Rejected): Pick<Rejected, 'reason' | 'detail'> | undefined {
  if ('status' in fit) return { reason: fit.reason, detail: fit.detail };
  if (Number.isFinite(fit.error) && Number.isFinite(fit.validationError)) return undefined;
  return { reason: 'not-finite', detail: 'the error in closed loop is not a number' };
}
