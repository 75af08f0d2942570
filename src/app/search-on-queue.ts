import { gunzipSync, gzipSync } from 'node:zlib';
import { UserError, type UserErrorParts } from '../base/index.ts';
import type { RegressionTable } from '../data/index.ts';
import type { ClientLoop, EvaluateSettings } from '../evaluate/index.ts';
import { type PieceSetting, type QueueClient, sendSetting } from '../queue/index.ts';
import { type Generations, loggedGenerations, type Run, type RunConfig } from '../run/index.ts';
import { EventWalk, type Operator, SEARCH_STATE, type SearchEvent } from '../search/index.ts';

/** A search that a worker is to make. */
export interface SearchTask {
  /** Under which its generations are put down. */
  readonly search: string;
  readonly config: RunConfig;
  readonly setting: PieceSetting;
  readonly minutes?: number;
}

/** What comes of it, beside its generations. */
export type SearchAnswer = { readonly kind: 'searched' } | { readonly kind: 'refused'; readonly error: UserErrorParts };

/** What a search goes by. */
interface SearchInput {
  readonly table: RegressionTable;
  readonly settings: EvaluateSettings;
  readonly clients: ClientLoop | undefined;
  readonly minutes: number | undefined;
}

/** Marks that somebody waits for the generations beside it. */
export const OPEN_FIELD = 'open';

/** Whether a search can be made by a worker: keys of language models stay where they are, and so do operators that are functions. */
export function canTravel({ llm }: RunConfig, ownOperators: readonly Operator[]): boolean {
  return llm === undefined && ownOperators.length === 0;
}

/** Events of a generation for the queue; they repeat themselves a lot. */
export function packEvents(events: readonly SearchEvent[]): Buffer {
  return gzipSync(JSON.stringify(events), { level: 1 });
}

/** The events of a generation that came from the queue. */
export function unpackEvents(packed: Uint8Array): readonly SearchEvent[] {
  return JSON.parse(gunzipSync(packed).toString('utf8')) as readonly SearchEvent[];
}

/**
 * The generations of a search that a worker makes, whoever it is and however often another one has to take it over: a generation is
 * taken once, in order.
 */
export function searchOnQueue(
  queue: QueueClient,
  run: Run,
  { table, settings, clients, minutes }: SearchInput,
): Generations {
  return async function* generations(start) {
    if (start.stopped !== null) return;
    const setting = await sendSetting(queue, table, settings, clients);
    const search = queue.newName();
    const key = queue.keys.parts(search);
    const walk = new EventWalk(SEARCH_STATE, start);
    queue.keepKey(key, true);
    await putDown(queue, run, key);
    let wake = (): void => {};
    const task: SearchTask = { search, config: run.config, setting, ...(minutes !== undefined && { minutes }) };
    const job = queue.submit('search', task, () => wake());
    let answer: SearchAnswer | undefined;
    let failure: Error | undefined;
    const ended = (async () => {
      try {
        const given = await job.answer;
        if (given.kind === 'done') answer = given.value as SearchAnswer;
        else failure = givenUp(run, given.detail);
      } catch (error) {
        failure = error as Error;
      }
    })();
    try {
      for (let next = start.generation + 1; walk.state.stopped === null; ) {
        // Before the look at what is there, so that nothing that comes meanwhile is missed.
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const isOver = answer !== undefined || failure !== undefined;
        const packed = await queue.redis.hgetBuffer(key, String(next));
        if (packed !== null) {
          const events = unpackEvents(packed);
          for (const event of events) walk.read(event);
          yield { events, state: walk.state };
          next++;
          continue;
        }
        if (failure !== undefined) throw failure;
        if (answer?.kind === 'refused') throw new UserError(answer.error);
        if (isOver) throw new Error('a worker ended a search without its last generation');
        // The server may have lost them.
        if ((await queue.redis.exists(key)) === 0) await putDown(queue, run, key);
        await Promise.race([woken, ended]);
      }
    } finally {
      queue.keepKey(key, false);
      await job.cancel();
      if (queue.redis.status === 'ready') await queue.redis.del(key);
    }
  };
}

/** Puts down what is stored of a run, so that whoever makes its search goes on from there. */
async function putDown(queue: QueueClient, run: Run, key: string): Promise<void> {
  let at = 0;
  for (const events of loggedGenerations(run)) await queue.redis.hset(key, String(at++), packEvents(events));
  await queue.redis.hset(key, OPEN_FIELD, '1');
}

function givenUp({ directory }: Run, detail: string): UserError {
  return new UserError({
    code: 'app.search-given-up',
    place: { file: directory },
    problem: `its search was given up: ${detail}`,
    mend: 'look at what those workers logged; then continue the run',
  });
}
