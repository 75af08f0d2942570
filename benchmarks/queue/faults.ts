import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createRandom } from '../../src/numeric/index.ts';
import type { RedisServer } from '../../tests/queue/redis-server.ts';
import { demoRun, killed, startWorker } from './processes.ts';

const WORKERS = 2;
const MOST_PAUSE_MS = 6000;
const AWAY_MS = 2000;

/** What came of runs whose workers and server were killed meanwhile. */
export interface FaultFigures {
  readonly runs: number;
  readonly kills: number;
  readonly restarts: number;
  /** Runs whose log is that of the undisturbed one, byte by byte. */
  readonly same: number;
}

/** Runs of the demo, one after the other, until so many workers were killed and the server was restarted so often. */
export async function runsUnderFaults(
  server: RedisServer,
  folder: string,
  undisturbed: string,
  generations: number,
  wanted: { readonly kills: number; readonly restarts: number },
  onProgress: (text: string) => void,
): Promise<FaultFigures> {
  const random = createRandom(1).split('faults');
  const cache = join(folder, 'cache');
  const workers: ChildProcess[] = [];
  for (let i = 0; i < WORKERS; i++) workers.push(await startWorker(server.url, cache));
  const total = wanted.kills + wanted.restarts;
  let [kills, restarts, runs, same, isOver] = [0, 0, 0, 0, false];
  const disturb = async (): Promise<void> => {
    while (!isOver && kills + restarts < total) {
      await pause(MOST_PAUSE_MS * random.uniform());
      // Restarts are spread over the kills.
      if (restarts < wanted.restarts && (restarts + 1) * total <= (kills + restarts + 1) * (wanted.restarts + 1)) {
        await server.kill();
        await pause(AWAY_MS);
        await server.resume();
        restarts++;
      } else if (kills < wanted.kills) {
        const at = random.integer(WORKERS);
        await killed(workers[at]!);
        workers[at] = await startWorker(server.url, cache);
        kills++;
      } else restarts = wanted.restarts;
      onProgress(`${kills} kills, ${restarts} restarts, ${same} of ${runs} runs the same`);
    }
  };
  const disturbing = disturb();
  try {
    while (kills + restarts < total) {
      const { events } = await demoRun(join(folder, `fault-${runs}`), generations, ['--queue', server.url]);
      runs++;
      if (events === undisturbed) same++;
    }
  } finally {
    isOver = true;
    await disturbing;
    await Promise.all(workers.map(killed));
  }
  return { runs, kills, restarts, same };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
