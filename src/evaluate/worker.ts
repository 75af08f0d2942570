/**
 * The child process of a pool: one piece of work at a time, in the order of the messages. Our own code runs here; what is
 * printed from a program's IR runs one wall further in, in an isolate.
 */
import { classifyFailure } from '../kernel/index.ts';
import type { FromWorker, ToWorker, Work } from './messages.ts';
import { ProgramEvaluator } from './program-evaluator.ts';

let evaluator: ProgramEvaluator | undefined;

process.on('message', (message: ToWorker) => send(answer(message)));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
process.on('SIGINT', () => {});

function answer(message: ToWorker): FromWorker {
  if (message.kind === 'init') {
    evaluator = new ProgramEvaluator(message.table, message.settings);
    return { kind: 'ready' };
  }
  if (evaluator === undefined) throw new Error('work came before the table');
  try {
    return work(evaluator, message);
  } catch (error) {
    return { kind: 'failure', failure: classifyFailure(error) };
  }
}

function work(on: ProgramEvaluator, message: Work): FromWorker {
  if (message.kind === 'evaluate') return { kind: 'evaluation', evaluation: on.evaluate(message.candidate) };
  return { kind: 'metrics', metrics: on.score(message.program, message.fits, message.split) };
}

function send(message: FromWorker): void {
  process.send?.(message);
}
