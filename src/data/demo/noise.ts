import type { Random } from '../../numeric/index.ts';

const BODY = 0.022;
const SPIKE_CHANCE = 0.004;
const SPIKE_LEAST = 0.2;
const SPIKE_MEAN = 0.35;

/** Multiplicative jitter of a step: a log-normal body of mean 1 and rare, long spikes. */
export function stepJitter(random: Random): number {
  const body = Math.exp(BODY * random.normal() - (BODY * BODY) / 2);
  if (random.uniform() >= SPIKE_CHANCE) return body;
  return body * (1 + SPIKE_LEAST - (SPIKE_MEAN - SPIKE_LEAST) * Math.log(1 - random.uniform()));
}

const SWITCH_CHANCE = 0.006;
const BUSY_REQUESTS = 48;
const LEVEL_KEEP = 0.97;
const LEVEL_SPREAD = 0.35;
/** The scheduler call is over well before the step is. */
const LONGEST_SHARE = 0.8;

/**
 * The duration of the scheduler call, µs: not the time of a step. It has two modes, some hundred µs and some
 * milliseconds; it stays long in one of them, in the slow one mostly under load, and drifts slowly within.
 */
export class SchedulerCall {
  readonly #random: Random;
  #slow = false;
  #level = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(requests: number, prefillRequests: number, cycleUs: number): number {
    const ratio = requests / BUSY_REQUESTS;
    const slowShare = (ratio * ratio * ratio) / (1 + ratio * ratio * ratio);
    const change = SWITCH_CHANCE * (this.#slow ? 1 - slowShare : slowShare);
    if (this.#random.uniform() < change) this.#slow = !this.#slow;
    this.#level =
      LEVEL_KEEP * this.#level + LEVEL_SPREAD * Math.sqrt(1 - LEVEL_KEEP * LEVEL_KEEP) * this.#random.normal();
    const typical = this.#slow ? 400 + 52 * requests : 40 + 4.5 * requests + 90 * prefillRequests;
    const us = typical * Math.exp(this.#level + 0.15 * this.#random.normal());
    return Math.floor(Math.min(us, LONGEST_SHARE * cycleUs));
  }
}
