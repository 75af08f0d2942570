/** The process that fits and scores one predictor of a leaderboard for a worker of a queue. */
import { openRows, scoreContestant, trainingData } from '../baselines/index.ts';
import { closedLoopOf, type ContestantStart, type FromContestant, readContestant } from './contestant-job.ts';

function answer({ dataset, target, contestant }: ContestantStart): FromContestant {
  try {
    const closedLoop = closedLoopOf(dataset, target);
    const scored = scoreContestant(
      readContestant(contestant),
      trainingData(dataset, target),
      () => openRows(dataset, target, 'test'),
      closedLoop && { closedLoop },
    );
    return { kind: 'scored', scored };
  } catch (error) {
    return { kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (start: ContestantStart) => process.send?.(answer(start)));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal; the worker decides when this one ends.
process.on('SIGINT', () => {});
