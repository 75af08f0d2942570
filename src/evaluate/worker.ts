/**
 * The child process of a pool. Our own code runs here, and what is printed from a program's IR: inside an isolate where there
 * is one, otherwise in this process, which can be killed.
 */
import type { FromWorker, Work } from './messages.ts';
import type { ClientLoop } from './closed-loop/client-loop.ts';
import { fitInClosedLoop } from './closed-loop/fit.ts';
import { ProgramEvaluator } from './program-evaluator.ts';
import { serve } from './serve.ts';
import { growthBytes } from './worker-limits.ts';

serve(({ table, settings, host, clients }) => {
  const evaluator = new ProgramEvaluator(table, settings, host);
  return {
    growthBytes: growthBytes(settings.memoryMb, table, evaluator.sandboxBytes, clients),
    perform: (work) => perform(evaluator, work, clients),
  };
});

function perform(evaluator: ProgramEvaluator, work: Work, clients: ClientLoop | undefined): FromWorker {
  if (work.kind === 'evaluate') return { kind: 'evaluation', evaluation: evaluator.evaluate(work.candidate) };
  if (work.kind === 'score-drafts') return { kind: 'draft-scores', scores: evaluator.scoreDrafts(work.drafts) };
  if (work.kind === 'close-loop') {
    if (clients === undefined) throw new Error('nothing is known of clients');
    const { program, fits } = work.fitted;
    return { kind: 'closed-loop', closedLoop: fitInClosedLoop(program, fits, clients) };
  }
  return { kind: 'metrics', metrics: evaluator.score(work.program, work.fits, work.split) };
}
