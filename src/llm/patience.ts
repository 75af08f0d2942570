import type { Heard } from './wire/documents.ts';

/** So many times as long as it may be silent, a server may send nothing but signs of life: queues are long, and thoughts hidden. */
const KEEP_ALIVES = 10;
/** The longest wait of a timer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Ends an attempt that has fallen silent: before the headers of an answer, before its body or within it. An answer that still comes
 * is never cut, however slow it is.
 */
export class Patience {
  readonly #silenceMs: number;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #lastPartMs: number = performance.now();
  #isOver = false;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
    this.#wait(silenceMs);
  }

  /** Aborts when patience has run out. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Takes note of a sign of life. */
  readonly heard: Heard = (what) => {
    const now = performance.now();
    if (what === 'part') this.#lastPartMs = now;
    const left = KEEP_ALIVES * this.#silenceMs - (now - this.#lastPartMs);
    this.#wait(Math.max(0, Math.min(this.#silenceMs, left)));
  };

  /** Stops waiting; to be called when the attempt is over. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    // What comes late must not keep the process waiting.
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop.abort(), Math.min(milliseconds, LONGEST_MS));
  }
}
