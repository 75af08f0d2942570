/** A worker of its own process, which dies of every search and does all else. */
import { QueueWorker, queueAddress } from '../../src/queue/index.ts';

const [, , url = '', cache = ''] = process.argv;
const worker = await QueueWorker.start({
  address: queueAddress(url),
  jobs: 1,
  cache,
  patienceMs: 1000,
  handlers: { search: () => process.kill(process.pid, 'SIGKILL') && new Promise(() => {}) },
});
process.stdout.write(`${worker.id}\n`);
