import type { CallNotice } from '../llm/index.ts';
import { formatSeconds } from '../report/index.ts';

/** The calls of the generation that goes on, as their notices tell. */
export class LiveCalls {
  readonly #now: () => number;
  /** Calls that wait for an answer, with when each was sent first, ms. */
  readonly #open = new Map<string, number>();
  #asked = 0;
  #over = 0;
  #sent = 0;
  #retries = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Calls that were sent since the last generation was stored. */
  get calls(): number {
    return this.#sent;
  }

  /** Attempts beyond the first of each of them. */
  get retries(): number {
    return this.#retries;
  }

  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** The part of the generation's calls that is answered; 0 where none is asked. */
  get share(): number {
    return this.#asked === 0 ? 0 : this.#over / this.#asked;
  }

  /** Takes note of what happens to a call. */
  hear(notice: CallNotice): void {
    if (notice.kind === 'asked') this.#asked++;
    else if (notice.kind === 'sent') {
      if (this.#open.has(notice.call)) this.#retries++;
      else {
        this.#sent++;
        this.#open.set(notice.call, this.#now());
      }
    } else if (notice.kind === 'over') {
      this.#over++;
      this.#open.delete(notice.call);
    }
  }

  /** Begins anew: what was asked is counted in the run now. */
  stored(): void {
    this.#open.clear();
    this.#asked = 0;
    this.#over = 0;
    this.#sent = 0;
    this.#retries = 0;
  }

  /** What is waited for, e.g. `4 calls open, the oldest for 35 s`; empty where nothing is. */
  text(): string {
    if (this.#open.size === 0) return '';
    const seconds = (this.#now() - Math.min(...this.#open.values())) / 1000;
    return `${this.#open.size} call${this.#open.size === 1 ? '' : 's'} open, the oldest for ${formatSeconds(seconds)}`;
  }
}

/** A notice that is worth a line of its own; undefined for the others. */
export function noticeLine(notice: CallNotice): string | undefined {
  if (notice.kind === 'adapted') {
    return `${notice.model}: the server complains, so that evolve ${notice.adaptation} from now on (${notice.why})`;
  }
  if (notice.kind !== 'again') return undefined;
  const wait = notice.waitMs >= 1000 ? ` in ${formatSeconds(notice.waitMs / 1000)}` : '';
  return `${notice.model}: asked again${wait}: ${notice.why}`;
}
