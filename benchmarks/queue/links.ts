import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { demoRun, killed, startWorker } from './processes.ts';

const HOSTS = ['evolve-client', 'evolve-server', 'evolve-worker'] as const;
const [CLIENT, SERVER, WORKER] = HOSTS;
const CUT_MS = 20_000;
const LOOK_MS = 20;

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A link from the server to another host, 10.77.N.1 to 10.77.N.2. */
function link(host: string, n: number): void {
  const [near, far] = [`evolve-near${n}`, `evolve-far${n}`];
  ip('link', 'add', near, 'netns', SERVER, 'type', 'veth', 'peer', 'name', far, 'netns', host);
  for (const [at, name, end] of [[SERVER, near, 1] as const, [host, far, 2] as const]) {
    ip('-n', at, 'address', 'add', `10.77.${n}.${end}/24`, 'dev', name);
    ip('-n', at, 'link', 'set', name, 'up');
  }
}

/**
 * A run on three hosts, each a network namespace of its own: who searches, the server, and a worker whose link is cut for 20 s.
 *
 * @returns the log of the run, or why there is none here
 */
export async function runOverLinks(
  folder: string,
  generations: number,
): Promise<{ readonly events: string } | { readonly problem: string }> {
  const removeHosts = (): void => {
    for (const host of HOSTS) {
      try {
        ip('netns', 'delete', host);
      } catch {
        // It is not there.
      }
    }
  };
  try {
    removeHosts();
    for (const host of HOSTS) ip('netns', 'add', host);
    link(CLIENT, 1);
    link(WORKER, 2);
  } catch (error) {
    removeHosts();
    return { problem: `no network namespaces here: ${(error as Error).message.split('\n', 1)[0]}` };
  }
  const flags = ['--port', '6379', '--save', '', '--appendonly', 'no', '--protected-mode', 'no', '--dir', folder];
  const server = spawn('ip', ['netns', 'exec', SERVER, 'redis-server', ...flags], { stdio: 'ignore' });
  try {
    await pause(1000);
    const worker = await startWorker('redis://10.77.2.1:6379', join(folder, 'link-cache'), 2, WORKER);
    const run = demoRun(join(folder, 'links'), generations, ['--queue', 'redis://10.77.1.1:6379'], CLIENT);
    const cut = (async () => {
      // In the midst of the search.
      while (!existsSync(join(folder, 'links', 'events.jsonl'))) await pause(LOOK_MS);
      ip('-n', SERVER, 'link', 'set', 'evolve-near2', 'down');
      await pause(CUT_MS);
      ip('-n', SERVER, 'link', 'set', 'evolve-near2', 'up');
    })();
    const { events } = await run;
    await cut;
    await killed(worker);
    return { events };
  } finally {
    await killed(server);
    removeHosts();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
