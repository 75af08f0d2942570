import type { Evaluation, Evaluator } from '../evaluate/index.ts';
import type { SearchDependencies } from './dependencies.ts';
import type { Individual } from './individual.ts';
import type { OpenGeneration } from './open-generation.ts';
import { pruneAll } from './prune-generation.ts';

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
export async function finishFront(open: OpenGeneration, dependencies: SearchDependencies): Promise<void> {
  const { evaluator } = dependencies;
  await refit(open, open.state.archive.front, evaluator);
  const pruned = await pruneAll(open, open.state.archive.front, dependencies);
  const ids = new Set(pruned.map(({ id }) => id));
  const added = open.state.archive.front.filter(({ id }) => ids.has(id));
  if (added.length > 0) await refit(open, added, evaluator);
}
