import { UserError } from '../base/index.ts';

/** Where a queue is, and which one of those that are there. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly usesTls: boolean;
  /** Never shown, logged or stored, and neither is the name of the user. */
  readonly username?: string;
  readonly password?: string;
  /** Tells queues of one server apart: each has its own workers. */
  readonly name: string;
  /** For people and documents: without user and password. */
  readonly shown: string;
}

const DEFAULT_PORT = 6379;
const DEFAULT_NAME = 'evolve';
const NAME = /^[\w.-]{1,64}$/;

/**
 * Reads `redis://[user:password@]host[:port][/database][?name=NAME]`; `rediss` for TLS.
 *
 * @throws UserError that shows nothing of the text, which may hold a password
 */
export function queueAddress(text: string): QueueAddress {
  const url = parsed(text);
  if (url.hostname === '') throw wrong('it names no host');
  const path = url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(path)) throw wrong('what follows the host is no number of a database');
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'name');
  if (unknown.length > 0) throw wrong('it has parameters other than name');
  const name = url.searchParams.get('name') ?? DEFAULT_NAME;
  if (!NAME.test(name)) throw wrong('the name of the queue is not of letters, digits, points, dashes and underscores');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  const database = Number(path);
  const shownName = name === DEFAULT_NAME ? '' : `?name=${name}`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    database,
    usesTls: url.protocol === 'rediss:',
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    name,
    shown: `${url.protocol}//${url.hostname}:${port}${database === 0 ? '' : `/${database}`}${shownName}`,
  };
}

function parsed(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === 'redis:' || url.protocol === 'rediss:') return url;
  } catch {
    // The error of the platform shows the text.
  }
  throw wrong('no URL of a Redis server');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong('user or password are not percent-encoded');
  }
}

function wrong(problem: string): UserError {
  return new UserError({
    code: 'queue.wrong-address',
    place: { at: 'address of the queue' },
    problem,
    mend: 'write it like redis://host:6379 or rediss://user:password@host:6380/0?name=team, with special characters percent-encoded',
  });
}
