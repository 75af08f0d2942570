import type { Redis } from 'ioredis';
import { UserError } from '../base/index.ts';
import type { QueueKeys } from './keys.ts';

/** Who does not say for so long that it is there, is gone. */
const GONE_MS = 15_000;
const BEAT_MS = 4000;
/** A link on which a beat has no answer at so many further ones is taken for broken. */
const SILENT_BEATS = 4;

/** What a member of a queue says of itself. */
export interface Profile {
  readonly kind: 'worker' | 'client';
  readonly host: string;
  readonly pid: number;
  /** Version of the program. */
  readonly version: string;
}

/** A member of a queue, as the queue knows it. */
export interface Member<P extends Profile = Profile> {
  readonly id: string;
  readonly profile: P;
}

// Times are the server's: clocks of different machines differ. Answers the identity of the queue where it is another one.
const BEAT = `
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', nowMs)) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
end
local identity = redis.call('GET', KEYS[1])
if identity and identity ~= ARGV[1] and redis.call('ZCARD', KEYS[2]) > 0 then return identity end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], nowMs + ARGV[4], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
for at = 4, #KEYS do redis.call('PEXPIRE', KEYS[at], ARGV[5]) end
return ''`;

const LIST = `
local now = redis.call('TIME')
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
local found = {}
for _, id in ipairs(ids) do
  local profile = redis.call('HGET', KEYS[2], id)
  if profile then table.insert(found, id); table.insert(found, profile) end
end
return found`;

/** How long what a member keeps on the server outlives it. */
export const KEPT_MS = 3_600_000;

/** What it takes to be a member. */
export interface MembershipOptions {
  readonly id: string;
  /** What results of this program are known by; members of one queue all have the same. */
  readonly identity: string;
  /** Asked at each beat. */
  readonly profile: () => Profile;
  /** Keys to keep alive. */
  readonly kept?: () => readonly string[];
  /** Called where the queue has come to be one of another identity. */
  readonly onRefused: (error: UserError) => void;
}

/** A place among those who are there: taken by the first beat, kept by the others, given back by `leave`. */
export class Membership {
  readonly #redis: Redis;
  readonly #keys: QueueKeys;
  readonly #options: MembershipOptions;
  #timer: NodeJS.Timeout | undefined;

  private constructor(redis: Redis, keys: QueueKeys, options: MembershipOptions) {
    this.#redis = redis;
    this.#keys = keys;
    this.#options = options;
  }

  /** @throws UserError where the members of the queue have another identity */
  static async join(redis: Redis, keys: QueueKeys, options: MembershipOptions): Promise<Membership> {
    const membership = new Membership(redis, keys, options);
    await membership.beat();
    let unanswered = 0;
    membership.#timer = setInterval(() => {
      // Where the server is away, the next beat comes when it is back.
      if (redis.status !== 'ready') return;
      // The system notices a link that was cut without a word after a quarter of an hour.
      if (unanswered++ > 0) {
        if (unanswered > SILENT_BEATS) redis.disconnect(true);
        return;
      }
      membership
        .beat()
        .catch((error: unknown) => {
          if (error instanceof UserError) options.onRefused(error);
        })
        .finally(() => {
          unanswered = 0;
        });
    }, BEAT_MS).unref();
    return membership;
  }

  /** Says that it is there, once more. */
  async beat(): Promise<void> {
    const { id, identity, profile, kept = () => [] } = this.#options;
    const { identity: ofQueue, members, profiles } = this.#keys;
    const keys = [ofQueue, members, profiles, ...kept()];
    const own = [identity, id, JSON.stringify(profile()), String(GONE_MS), String(KEPT_MS)];
    const other = (await this.#redis.eval(BEAT, keys.length, ...keys, ...own)) as string;
    if (other !== '') throw refused(identity, other);
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#redis.status !== 'ready') return;
    const { members, profiles } = this.#keys;
    await this.#redis.multi().zrem(members, this.#options.id).hdel(profiles, this.#options.id).exec();
  }
}

/** Who is there. */
export async function listMembers(redis: Redis, { members, profiles }: QueueKeys): Promise<readonly Member[]> {
  const found = (await redis.eval(LIST, 2, members, profiles)) as readonly string[];
  return Array.from({ length: found.length / 2 }, (_, at) => ({
    id: found[2 * at]!,
    profile: JSON.parse(found[2 * at + 1]!) as Profile,
  }));
}

/** An identity as people read it. */
function identityText(identity: string): string {
  const [version, hash = ''] = identity.split('/');
  return `evolve ${version} with results ${hash.slice(0, 12)}`;
}

function refused(own: string, other: string): UserError {
  const isVersion = own.split('/')[0] !== other.split('/')[0];
  return new UserError({
    code: 'queue.other-version',
    place: { at: 'queue' },
    problem: `it belongs to ${identityText(other)}, and this is ${identityText(own)}`,
    mend: isVersion
      ? `install evolve ${other.split('/')[0]} here, or give the queue of this version a name of its own`
      : 'use the same build of evolve, on the same major version of Node, on all machines of a queue; or give this one a queue of its own name',
  });
}
