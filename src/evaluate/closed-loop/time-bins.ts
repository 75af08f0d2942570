import type { ScheduleRows } from '../../serving/index.ts';

/** Time in equal parts. */
export interface TimeBins {
  readonly startUs: number;
  readonly endUs: number;
  readonly bins: number;
}

/** The bin that a time falls into; below 0, or `bins` and more, where it lies outside. */
function binOf({ startUs, endUs, bins }: TimeBins, us: number): number {
  return Math.floor(((us - startUs) / (endUs - startUs)) * bins);
}

/** How many of some times fall into each bin; the last bin holds its end. */
export function countIn(time: TimeBins, us: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(time.bins);
  for (let at = 0; at < us.length; at++) {
    const bin = us[at] === time.endUs ? time.bins - 1 : binOf(time, us[at]!);
    if (bin >= 0 && bin < time.bins) counts[bin]!++;
  }
  return counts;
}

/** Mean over time, in each bin, of the sum of values that hold from one time to another each. */
export class TimeMeans {
  readonly #time: TimeBins;
  readonly #binUs: number;
  readonly #sums: Float64Array;

  constructor(time: TimeBins) {
    this.#time = time;
    this.#binUs = (time.endUs - time.startUs) / time.bins;
    this.#sums = new Float64Array(time.bins);
  }

  add(fromUs: number, toUs: number, value: number): void {
    const { startUs, endUs, bins } = this.#time;
    const from = Math.max(fromUs, startUs);
    const to = Math.min(toUs, endUs);
    if (!(to > from) || value === 0) return;
    const last = Math.min(bins - 1, binOf(this.#time, to));
    for (let bin = Math.min(bins - 1, binOf(this.#time, from)); bin <= last; bin++) {
      const binStartUs = startUs + bin * this.#binUs;
      const us = Math.min(to, binStartUs + this.#binUs) - Math.max(from, binStartUs);
      if (us > 0) this.#sums[bin]! += value * us;
    }
  }

  means(): readonly number[] {
    return Array.from(this.#sums, (sum) => sum / this.#binUs);
  }
}

/** Means over time of something of the rows of a schedule, added up over its ranks. */
export function rowMeans(time: TimeBins, rows: ScheduleRows, of: (row: number) => number): readonly number[] {
  const means = new TimeMeans(time);
  const { startUs, steps, stepUs } = rows;
  for (let row = 0; row < startUs.length; row++) {
    means.add(startUs[row]!, startUs[row]! + steps[row]! * stepUs[row]!, of(row));
  }
  return means.means();
}
