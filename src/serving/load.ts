/** When requests come: at the times that they carry, or whenever one of so many clients has its answer. */
export type Load =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'closed';
      /** Clients; each sends its next request when it has the answer to the last. */
      readonly clients: number;
      /** Time from an answer to the next request, µs. */
      readonly thinkUs: number;
    };

/** The arrivals of a load in order of time. */
export class Arrivals {
  readonly #arrivalUs: Float64Array;
  readonly #load: Load;
  #next = 0;
  /** Requests of which the time of arrival is known. */
  #known: number;

  /** @param arrivalUs of each request, ascending; those of a closed load are written here as they come about. */
  constructor(arrivalUs: Float64Array, load: Load) {
    this.#arrivalUs = arrivalUs;
    this.#load = load;
    this.#known = load.kind === 'open' ? arrivalUs.length : Math.min(load.clients, arrivalUs.length);
    if (load.kind === 'closed') arrivalUs.fill(0, 0, this.#known).fill(Number.NaN, this.#known);
  }

  /** When the next request comes, µs; infinity where none is known to come. */
  get nextUs(): number {
    return this.#next < this.#known ? this.#arrivalUs[this.#next]! : Number.POSITIVE_INFINITY;
  }

  take(): number {
    return this.#next++;
  }

  /** A client has its answer. */
  onAnswer(nowUs: number): void {
    if (this.#load.kind === 'open' || this.#known === this.#arrivalUs.length) return;
    this.#arrivalUs[this.#known++] = nowUs + this.#load.thinkUs;
  }
}
