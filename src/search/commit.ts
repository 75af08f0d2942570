import type { Candidate, Evaluation, Evaluator } from '../evaluate/index.ts';
import { entryLimit } from './archive/index.ts';
import { type Individual, sizeOf } from './individual.ts';
import type { OpenGeneration, Waiting } from './open-generation.ts';
import { place } from './place.ts';
import type { SearchState } from './search-state.ts';

/**
 * Evaluates proposals and offers what comes of them to the archive.
 *
 * @param state whose archive they must beat
 * @param mayBeConstant whether they may read nothing of the batch
 * @returns the programs that the archive took, in the order of their proposals
 */
export async function evaluateAll(
  open: OpenGeneration,
  waiting: readonly Waiting[],
  evaluator: Evaluator,
  state: SearchState,
  mayBeConstant = false,
): Promise<readonly Individual[]> {
  if (waiting.length === 0) return [];
  const candidates = waiting.map((child) => candidateOf(child, state, mayBeConstant));
  return commit(open, waiting, await evaluator.evaluate(candidates));
}

/** A program with what it must beat. */
function candidateOf(
  { checked, starts, event: { island } }: Waiting,
  { settings, archive }: SearchState,
  mayBeConstant: boolean,
): Candidate {
  return {
    program: checked.program,
    stream: [settings.seed, 'evaluate', checked.id],
    limit: entryLimit(archive, island, sizeOf(checked.complexity)),
    ...(starts !== undefined && { starts }),
    ...(mayBeConstant && { mayBeConstant }),
  };
}

/** Logs the evaluations and the archive's answers in sequence order, whatever the order in which they were made. */
function commit(
  open: OpenGeneration,
  waiting: readonly Waiting[],
  evaluations: readonly Evaluation[],
): readonly Individual[] {
  return waiting.flatMap(({ event: { sequence } }, i) => {
    const evaluation = evaluations[i] as Evaluation;
    if (evaluation.status === 'rejected') {
      const { reason, detail } = evaluation;
      open.emit({ type: 'rejected', sequence, reason, detail });
      return [];
    }
    if (!Number.isFinite(evaluation.error)) {
      open.emit({ type: 'rejected', sequence, reason: 'not-finite', detail: 'the error is not a number' });
      return [];
    }
    open.emit({ type: 'evaluated', sequence, evaluation });
    const { individual } = open.context.proposal(sequence);
    const { insertion } = place(open.state.archive, individual);
    open.emit({ type: 'inserted', sequence, ...insertion });
    return insertion.front || insertion.status !== 'rejected' ? [individual] : [];
  });
}
