import type { FromWorker, InitMessage, ToWorker, Work } from './messages.ts';
import { classifyFailure } from '../kernel/index.ts';
import { watchMemory } from './memory-watch.ts';

/** Does the work of a child process. */
export interface Performer {
  /** How much the process may grow by from now on, in bytes; beyond that it is ended. */
  readonly growthBytes: number;
  perform(work: Work): FromWorker;
}

/**
 * Makes this process the child of a pool: one piece of work at a time, in the order of the messages.
 *
 * @param open makes what does the work from the first message
 */
export function serve(open: (init: InitMessage) => Performer): void {
  let performer: Performer | undefined;

  const answer = (message: ToWorker): FromWorker => {
    try {
      if (message.kind === 'init') {
        performer = open(message);
        watchMemory(process.memoryUsage.rss() + performer.growthBytes);
        return { kind: 'ready' };
      }
      if (performer === undefined) throw new Error('work came before the table');
      return performer.perform(message);
    } catch (error) {
      return { kind: 'failure', failure: classifyFailure(error) };
    }
  };

  process.on('message', (message: ToWorker) => process.send?.(answer(message)));
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
  process.on('SIGINT', () => {});
}
