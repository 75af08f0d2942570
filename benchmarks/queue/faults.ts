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
  const done = { kills: 0, restarts: 0, runs: 0, same: 0, isOver: false };
  const isEnough = (): boolean => done.kills + done.restarts >= wanted.kills + wanted.restarts;
  const disturb = async (): Promise<void> => {
    while (!done.isOver && !isEnough()) {
      await pause(MOST_PAUSE_MS * random.uniform());
      // Restarts are spread over the kills.
      if (done.restarts < wanted.restarts && done.kills * wanted.restarts >= done.restarts * wanted.kills) {
        await server.kill();
        await pause(AWAY_MS);
        await server.resume();
        done.restarts++;
      } else {
        const at = random.integer(WORKERS);
        await killed(workers[at]!);
        workers[at] = await startWorker(server.url, cache);
        done.kills++;
      }
      onProgress(`${done.kills} kills, ${done.restarts} restarts, ${done.same} of ${done.runs} runs the same`);
    }
  };
  const disturbing = disturb();
  try {
    while (!isEnough()) {
      const { events } = await demoRun(join(folder, `fault-${done.runs}`), generations, ['--queue', server.url]);
      done.runs++;
      if (events === undisturbed) done.same++;
    }
  } finally {
    done.isOver = true;
    await disturbing;
    await Promise.all(workers.map(killed));
  }
  const { runs, kills, restarts, same } = done;
  return { runs, kills, restarts, same };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
