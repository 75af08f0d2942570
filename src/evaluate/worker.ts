/**
 * The child process of a pool. Our own code runs here, and what is printed from a program's IR: inside an isolate where there
 * is one, otherwise in this process, which can be killed.
 */
import type { FromWorker, Work } from './messages.ts';
import { ProgramEvaluator } from './program-evaluator.ts';
import { serve } from './serve.ts';
import { growthBytes } from './worker-limits.ts';

serve(({ table, settings, host }) => {
  const evaluator = new ProgramEvaluator(table, settings, host);
  return {
    growthBytes: growthBytes(settings.memoryMb, table, evaluator.sandboxBytes),
    perform: (work) => perform(evaluator, work),
  };
});

function perform(evaluator: ProgramEvaluator, work: Work): FromWorker {
  if (work.kind === 'evaluate') return { kind: 'evaluation', evaluation: evaluator.evaluate(work.candidate) };
  return { kind: 'metrics', metrics: evaluator.score(work.program, work.fits, work.split) };
}
