import { type ChildProcess, fork } from 'node:child_process';
import { deserialize } from 'node:v8';
import type { UserErrorParts } from '../base/index.ts';
import type { RegressionTable } from '../data/index.ts';
import { type ClientLoop, type EvaluateSettings, workerEnvironment } from '../evaluate/index.ts';
import { Abandoned, HandedBack, type JobContext, KEPT_MS } from '../queue/index.ts';
import type { RunConfig } from '../run/index.ts';
import type { SearchEvent } from '../search/index.ts';
import { SEARCH_PROGRAM } from './job-programs.ts';
import { OPEN_FIELD, packEvents, type SearchAnswer, type SearchTask, unpackEvents } from './search-on-queue.ts';

/** What the process of a search starts with. */
export interface SearchStart {
  readonly config: RunConfig;
  readonly table: RegressionTable;
  readonly clients?: ClientLoop;
  readonly settings: EvaluateSettings;
  readonly minutes?: number;
  /** Generations that are there already. */
  readonly stored: readonly (readonly SearchEvent[])[];
}

/** What the process of a search says. */
export type FromSearch =
  | { readonly kind: 'generation'; readonly number: number; readonly events: readonly SearchEvent[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly error: UserErrorParts }
  | { readonly kind: 'failed'; readonly stack: string };

// Puts a generation down, unless nobody waits for it any more. One that is there already stays: it is the same one.
const PUT_DOWN = `
local now = redis.call('TIME')
local until_ = redis.call('ZSCORE', KEYS[2], ARGV[1])
local isThere = until_ and tonumber(until_) > now[1] * 1000 + math.floor(now[2] / 1000)
if not isThere or redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then return 0 end
redis.call('HSETNX', KEYS[1], ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`;

/**
 * Makes a search in a process of its own, and puts each generation down where its client finds it. It goes on from what others put down
 * before it.
 */
export async function searchJob(given: unknown, context: JobContext): Promise<SearchAnswer> {
  const { search, config, setting, minutes } = given as SearchTask;
  const key = context.keys.parts(search);
  const [rows, loop, stored] = await Promise.all([
    context.read(setting.table),
    setting.clients && context.read(setting.clients),
    storedAt(context, key),
  ]);
  const start: SearchStart = {
    config,
    table: deserialize(rows) as RegressionTable,
    ...(loop && { clients: deserialize(loop) as ClientLoop }),
    settings: setting.settings,
    ...(minutes !== undefined && { minutes }),
    stored,
  };
  const child = fork(SEARCH_PROGRAM.path, {
    serialization: 'advanced',
    execArgv: [...SEARCH_PROGRAM.options],
    env: workerEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = (): void => {
    // It ends with the generation that is going on.
    if (child.connected) child.send('stop');
  };
  context.signal.addEventListener('abort', stop);
  try {
    const answer = await converse(child, start, async (number, events) => {
      const put = [context.client, OPEN_FIELD, String(number), packEvents(events), KEPT_MS] as const;
      if ((await context.redis.eval(PUT_DOWN, 2, key, context.keys.members, ...put)) === 0) return false;
      await context.gotOn();
      return true;
    });
    if (answer === undefined) throw new HandedBack();
    return answer;
  } finally {
    context.signal.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

async function storedAt({ redis }: JobContext, key: string): Promise<readonly (readonly SearchEvent[])[]> {
  const stored: (readonly SearchEvent[])[] = [];
  for (;;) {
    const packed = await redis.hgetBuffer(key, String(stored.length));
    if (packed === null) return stored;
    stored.push(unpackEvents(packed));
  }
}

/** @returns what came of the search; undefined where it was told to stop before its end */
function converse(
  child: ChildProcess,
  start: SearchStart,
  put: (number: number, events: readonly SearchEvent[]) => Promise<boolean>,
): Promise<SearchAnswer | undefined> {
  return new Promise((resolve, reject) => {
    let isLast = false;
    let putting: Promise<void> = Promise.resolve();
    const putNext = async (number: number, events: readonly SearchEvent[]): Promise<void> => {
      if (isLast) return;
      if (await put(number, events)) return;
      isLast = true;
      reject(new Abandoned());
    };
    const say: { readonly [K in FromSearch['kind']]: (said: Extract<FromSearch, { kind: K }>) => void } = {
      generation: ({ number, events }) => {
        putting = putting.then(() => putNext(number, events));
        putting.catch(reject);
        if (events.some((event) => event.type === 'generation' && event.stopped !== null)) {
          putting.then(() => resolve({ kind: 'searched' }), reject);
        }
      },
      end: () => void putting.then(() => resolve(undefined), reject),
      refused: ({ error }) => void putting.then(() => resolve({ kind: 'refused', error }), reject),
      failed: ({ stack }) => reject(new Error(stack)),
    };
    child.on('message', (said: FromSearch) => say[said.kind](said as never));
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`the process of a search ended with ${signal ?? `code ${code}`}`)),
    );
    child.send(start);
  });
}
