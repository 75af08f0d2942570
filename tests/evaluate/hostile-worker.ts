/** A child process whose work does not come from a checked graph: what it does is the first label of the work's stream. */
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { serve } from '../../src/evaluate/serve.ts';
import { growthBytes } from '../../src/evaluate/worker-limits.ts';
import { SANDBOX_HOSTS } from '../../src/kernel/index.ts';
import { endlessLibrary, fatLibrary, grownLibrary, PAGES, trappingLibrary } from '../kernel/hostile.ts';

const LEAK_BYTES = 64 * 2 ** 20;
const kept: unknown[] = [];

serve(({ table, settings, host }) => {
  const evaluator = new ProgramEvaluator(table, settings, host);
  const run = (library: Uint8Array<ArrayBuffer>): void => {
    const opened = SANDBOX_HOSTS[host]({ pages: PAGES, slots: 4 }, settings);
    opened.library(0, library);
    opened.run(0, 0, 0);
    opened.dispose();
  };
  const acts: Readonly<Record<string, () => void>> = {
    'never ends': () => run(endlessLibrary()),
    grows: () => run(fatLibrary()),
    'may not grow': () => run(grownLibrary()),
    traps: () => run(trappingLibrary('unreachable')),
    'fills the heap': () => {
      for (;;) kept.push(new Array(1e4).fill(kept.length));
    },
    leaks: () => {
      for (;;) kept.push(Buffer.alloc(LEAK_BYTES, 1));
    },
    'leaks a little': () => kept.push(Buffer.alloc(LEAK_BYTES, 1)),
    exits: () => process.exit(3),
  };
  return {
    growthBytes: growthBytes(settings.memoryMb, table, evaluator.sandboxBytes),
    perform: (work) => {
      if (work.kind === 'close-loop') process.exit(3);
      if (work.kind !== 'evaluate') throw new Error('only evaluations here');
      acts[String(work.candidate.stream[0])]?.();
      return { kind: 'evaluation', evaluation: evaluator.evaluate(work.candidate) };
    },
  };
});
