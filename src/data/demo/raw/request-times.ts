import type { RunObserver, StepClock } from '../observer.ts';
import type { Requests } from '../requests.ts';

/** When what happened to each request in the engine, µs from the start of the simulation. */
export class RequestTimes implements Pick<RunObserver, 'scheduled' | 'token'> {
  /** When it was first scheduled. */
  readonly scheduledUs: Float64Array;
  /** Its output tokens stand in `tokenUs` from `tokenOffsets[request]` up to `tokenOffsets[request + 1]`. */
  readonly tokenOffsets: Float64Array;
  readonly tokenUs: Float64Array;

  constructor({ count, outputTokens }: Requests) {
    this.scheduledUs = new Float64Array(count).fill(Number.NaN);
    this.tokenOffsets = new Float64Array(count + 1);
    for (let r = 0; r < count; r++) {
      this.tokenOffsets[r + 1] = (this.tokenOffsets[r] as number) + (outputTokens[r] as number);
    }
    this.tokenUs = new Float64Array(this.tokenOffsets[count] as number);
  }

  scheduled(request: number, { ns }: StepClock): void {
    if (Number.isNaN(this.scheduledUs[request])) this.scheduledUs[request] = ns / 1000;
  }

  token(request: number, token: number, { ns }: StepClock): void {
    this.tokenUs[(this.tokenOffsets[request] as number) + token] = ns / 1000;
  }

  /** When the output tokens of a request came, in order. */
  tokensOf(request: number): Float64Array {
    return this.tokenUs.subarray(this.tokenOffsets[request], this.tokenOffsets[request + 1]);
  }
}
