/**
 * `npm run bench -- queue`: what the queue adds to a run of the demo, what a second worker brings, and whether archives stay the same
 * under kills of workers, restarts of the server and a cut link. `--kills N` and `--restarts N` say how many (30 and 5), `--generations N` how
 * long the disturbed runs are (6), `--only overhead,workers,faults,links` what is measured; `--json` prints one JSON document.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { tableOf as plainTable } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { createQueueEvaluator, queueAddress, QueueClient } from '../../src/queue/index.ts';
import { hasRedis, RedisServer } from '../../tests/queue/redis-server.ts';
import { runsUnderFaults } from './faults.ts';
import { runOverLinks } from './links.ts';
import { demoRun, killed, startWorker } from './processes.ts';

interface Figure {
  readonly figure: string;
  /** Null where it cannot be measured here. */
  readonly value: number | null;
  readonly target: string;
  readonly ok: boolean;
}

/** The least of so many times, in turn: what is above it is other work on the machine. */
const TURNS = 3;
const OVERHEAD_GENERATIONS = 30;

/** Runs the suite with the arguments behind its name. */
export async function benchmarkQueue(options: readonly string[]): Promise<void> {
  if (!hasRedis) throw new Error('no redis-server is installed');
  const number = (flag: string, usual: number): number => {
    const at = options.indexOf(flag);
    return at < 0 ? usual : Number(options[at + 1]);
  };
  const only = options.indexOf('--only');
  const wanted = only < 0 ? ['overhead', 'workers', 'faults', 'links'] : (options[only + 1] ?? '').split(',');
  const generations = number('--generations', 6);
  const folder = mkdtempSync(join(tmpdir(), 'evolve-bench-queue-'));
  const server = await RedisServer.start();
  const figures: Figure[] = [];
  try {
    if (wanted.includes('overhead')) figures.push(...(await overhead(server, folder)));
    if (wanted.includes('workers')) figures.push(await secondWorker(server, folder));
    if (wanted.includes('faults') || wanted.includes('links')) {
      const { events } = await demoRun(join(folder, 'undisturbed'), generations, ['--jobs', '2']);
      if (wanted.includes('faults')) {
        const faults = { kills: number('--kills', 30), restarts: number('--restarts', 5) };
        const found = await runsUnderFaults(server, folder, events, generations, faults, progress);
        const { runs, kills, restarts, same } = found;
        const figure = `runs with the log of the undisturbed one, ${kills} kills and ${restarts} restarts in ${runs} runs, %`;
        figures.push({ figure, value: (100 * same) / runs, target: '100', ok: same === runs });
      }
      if (wanted.includes('links')) {
        const found = await runOverLinks(folder, generations);
        const isThere = 'events' in found;
        if (!isThere) progress(found.problem);
        figures.push({
          figure: 'the same log on three hosts, the link of the worker cut for 20 s',
          value: isThere ? Number(found.events === events) : null,
          target: '1',
          ok: !isThere || found.events === events,
        });
      }
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  figures.push({ figure: 'load of the machine, last minute', value: loadavg()[0]!, target: '', ok: true });
  show(figures, options.includes('--json'));
}

/** A run of the demo on the queue beside one with processes of its own, as many in all. */
async function overhead(server: RedisServer, folder: string): Promise<readonly Figure[]> {
  const times = { pool: Infinity, queue: Infinity };
  let isSame = true;
  const worker = await startWorker(server.url, join(folder, 'cache'), 2);
  for (let turn = 0; turn < TURNS; turn++) {
    progress(`overhead, turn ${turn + 1} of ${TURNS}`);
    const pool = await demoRun(join(folder, `pool-${turn}`), OVERHEAD_GENERATIONS, ['--jobs', '2']);
    const queue = await demoRun(join(folder, `queue-${turn}`), OVERHEAD_GENERATIONS, ['--queue', server.url]);
    times.pool = Math.min(times.pool, pool.seconds);
    times.queue = Math.min(times.queue, queue.seconds);
    isSame &&= pool.events === queue.events;
  }
  await killed(worker);
  const ratio = times.queue / times.pool;
  return [
    {
      figure: 'time of a demo run on the queue / in processes of its own',
      value: ratio,
      target: '≤ 1.15',
      ok: ratio <= 1.15,
    },
    { figure: 'its log is the same', value: Number(isSame), target: '1', ok: isSame },
  ];
}

/** How much faster two workers evaluate than one. */
async function secondWorker(server: RedisServer, folder: string): Promise<Figure> {
  const random = createRandom(1).split('rows');
  const columns = { u: rows(random.split('u')), v: rows(random.split('v')) };
  const y = columns.u.map((u, at) => 5 + u ** 0.7 + columns.v[at]!);
  const client = await QueueClient.open({ address: queueAddress(server.url) });
  const evaluator = await createQueueEvaluator(client, plainTable({ ...columns, y }, 'y'), {
    objective: 'mse',
    floor: false,
  });
  const program = programOf('c.a + c.b * batch.u ** c.d + Math.tanh(c.e * batch.v)');
  const times = [Infinity, Infinity];
  for (let turn = 0; turn < TURNS; turn++) {
    for (const workers of [1, 2]) {
      progress(`${workers} of 2 workers, turn ${turn + 1} of ${TURNS}`);
      const started = await Promise.all(
        Array.from({ length: workers }, () => startWorker(server.url, join(folder, 'cache'))),
      );
      const candidates = Array.from({ length: 200 }, (_, i) => ({ program, stream: ['turn', turn, i] }));
      // The rows are in the processes of all workers before the clock starts.
      await evaluator.evaluate(candidates.slice(0, 20));
      const start = performance.now();
      await evaluator.evaluate(candidates);
      times[workers - 1] = Math.min(times[workers - 1]!, performance.now() - start);
      await Promise.all(started.map(killed));
    }
  }
  await client.close();
  const ratio = times[0]! / times[1]!;
  return { figure: 'two workers / one', value: ratio, target: '≥ 1.7', ok: ratio >= 1.7 };
}

function rows(random: ReturnType<typeof createRandom>): Float64Array {
  return Float64Array.from({ length: 4000 }, () => 1 + 10 * random.uniform());
}

function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1, b: 1, d: 1, e: 1 };\nexport function predictStepTime(batch, c) { return ${body}; }\n`,
  );
  if (!parsed.ok) throw new Error('not a program');
  return parsed.program;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function show(figures: readonly Figure[], asJson: boolean): void {
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ suite: 'queue', figures }, undefined, 2)}\n`);
    return;
  }
  const table = new Table({ head: ['figure', 'measured', 'target', ''], style: { head: [], border: [] } });
  for (const { figure, value, target, ok } of figures) {
    table.push([
      figure,
      value === null ? 'not measured' : String(Number(value.toPrecision(3))),
      target,
      ok ? '' : 'missed',
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
}
