import { Worker } from 'node:worker_threads';

/** How often the resident set is read. */
const INTERVAL_MS = 50;

/** First words on stderr of a process that has ended itself. */
export const OUT_OF_MEMORY = 'out of memory: the process';

/**
 * A thread, since the main one does not come to look while a kernel runs. As text, so that it needs no loader where this
 * program runs from its sources.
 */
const WATCH = `
  const { writeSync } = require('node:fs');
  const { workerData: { limit, interval, words } } = require('node:worker_threads');
  setInterval(() => {
    const resident = process.memoryUsage.rss();
    if (resident <= limit) return;
    const inMiB = (bytes) => Math.round(bytes / 2 ** 20) + ' MiB';
    writeSync(2, words + ' has ' + inMiB(resident) + ' resident and may have ' + inMiB(limit) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, interval);
`;

/** Ends this process, with a line on stderr, as soon as its resident set is larger than the limit in bytes. */
export function watchMemory(limit: number): void {
  const workerData = { limit, interval: INTERVAL_MS, words: OUT_OF_MEMORY };
  new Worker(WATCH, { eval: true, workerData, execArgv: [], env: {} }).unref();
}
