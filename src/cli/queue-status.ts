import { type QueueStatusDocument, readQueueStatus } from '../app/index.ts';
import { formatSeconds, renderTable } from '../report/index.ts';
import { print, printJson } from './output.ts';
import { queueUrl } from './queue-url.ts';

/** `evolve queue status`. */
export async function queueStatusCommand(flags: { readonly queue?: string; readonly json: boolean }): Promise<void> {
  const status = await readQueueStatus(queueUrl(flags));
  if (flags.json) printJson(status);
  else print(queueStatusText(status));
}

const COLUMNS = [
  { header: 'worker' },
  { header: 'where' },
  ...['busy', 'done', 'per min', 'up'].map((header) => ({ header, align: 'right' as const })),
];

/** A queue as text: what waits, and a line for each worker. */
export function queueStatusText(status: QueueStatusDocument): string {
  const { queue, identity, workers, clients, waiting, active, donePerMinute, serverBytes } = status;
  const [version, results = ''] = identity?.split('/') ?? [];
  const rows = workers.map(({ id, host, pid, jobs, busy, done, donePerMinute: rate, seconds, isDraining }) => [
    id,
    `${host}:${pid}`,
    `${busy}/${jobs}`,
    String(done),
    String(rate),
    isDraining ? 'ends' : formatSeconds(seconds),
  ]);
  return [
    `queue      ${queue}`,
    `version    ${version === undefined ? 'nobody was here yet' : `evolve ${version}, results ${results.slice(0, 12)}`}`,
    `jobs       ${waiting} waiting, ${active} being done, ${donePerMinute} done in the last minute`,
    `clients    ${clients}`,
    `server     ${(serverBytes / 1e6).toFixed(1)} MB in use`,
    `workers    ${workers.length === 0 ? 'none; start one with `evolve worker`' : workers.length}`,
    ...(rows.length === 0 ? [] : ['', renderTable(COLUMNS, rows)]),
  ].join('\n');
}
