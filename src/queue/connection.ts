import type { Redis } from 'ioredis';
import { UserError } from '../base/index.ts';
import type { QueueAddress } from './address.ts';

const CONNECT_MS = 5000;
/** Longest pause between two attempts to get back to a server that is away. */
const MOST_PAUSE_MS = 1000;

/** Told what happens to a connection, one line for people. */
export type OnNote = (line: string) => void;

/**
 * Connects to a queue's server. Once it is connected it stays so: where the server is away, commands wait until it is back.
 *
 * @throws UserError where there is no server, or it does not let us in
 */
export async function connect(address: QueueAddress, onNote: OnNote = () => {}): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const { host, port, database, usesTls, username, password } = address;
  let wasReady = false;
  let isAway = false;
  let fault: Error | undefined;
  const redis = new Redis({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(usesTls && { tls: {} }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // A command that was sent before the link broke is sent again: all that is sent here may be done twice.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => (wasReady ? Math.min(50 * attempt, MOST_PAUSE_MS) : null),
  });
  redis.on('error', (error: Error) => {
    fault = error;
  });
  redis.on('close', () => {
    if (wasReady && !isAway && redis.status !== 'end') onNote(`the queue at ${address.shown} is away; trying again`);
    isAway = wasReady;
  });
  redis.on('ready', () => {
    if (isAway) onNote('the queue is back');
    isAway = false;
  });
  try {
    await redis.connect();
    await redis.ping();
    wasReady = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw unreachable(address, fault ?? (error as Error));
  }
}

function unreachable({ shown }: QueueAddress, { message }: Error): UserError {
  const place = { at: shown };
  if (/^(?:NOAUTH|WRONGPASS|NOPERM|ERR (?:AUTH|invalid password))/.test(message)) {
    const problem = `the server does not let us in (${message.split(' ', 1)[0]})`;
    return new UserError({ code: 'queue.refused', place, problem, mend: 'give user and password in the address' });
  }
  const problem = `no Redis or Valkey server answers (${message})`;
  const mend = /certificate/i.test(message)
    ? 'name the file of the authority that signed it in NODE_EXTRA_CA_CERTS'
    : 'start one there, or mend the address';
  return new UserError({ code: 'queue.unreachable', place, problem, mend });
}

const ANSWER_MS = 1000;

/** Whether the server of a connection answers now. */
export async function isThere(redis: Redis): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  const { promise: silence, stop } = silenceOf(ANSWER_MS);
  const answer = redis.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, silence]).finally(stop);
}

function silenceOf(ms: number): { readonly promise: Promise<false>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return { promise, stop: () => clearTimeout(timer) };
}

/** Ends a connection, whether its server is there or away. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}
