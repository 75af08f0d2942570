import { median } from '../../numeric/index.ts';

/** A measured time to first token, and the shortest that its steps could take. */
export interface FirstTokenTime {
  readonly ttftUs: number;
  readonly leastUs: number;
}

const ROUNDS = 30;
/** Relative residuals below it count alike. */
const FINE = 0.02;

/**
 * What clients see of a first token beyond steps, µs: the constant of a line through measured times over the shortest ones that their
 * steps could take, by least absolute relative residuals (iteratively reweighted least squares), neither constant nor slope negative.
 * It is no law to be kept: networks, tokenisers and queues of a server take part in these times and in no step.
 */
export function beyondSteps(times: readonly FirstTokenTime[]): number {
  let constant = 0;
  let slope = median(times.map(({ ttftUs, leastUs }) => ttftUs / leastUs));
  if (times.length < LEAST_POINTS) return 0;
  for (let round = 0; round < ROUNDS; round++) {
    let [one, x, xx, y, xy] = [0, 0, 0, 0, 0];
    for (const { ttftUs, leastUs } of times) {
      const residual = (constant + slope * leastUs) / ttftUs - 1;
      const weight = 1 / Math.max(FINE, Math.abs(residual)) / (ttftUs * ttftUs);
      one += weight;
      x += weight * leastUs;
      xx += weight * leastUs * leastUs;
      y += weight * ttftUs;
      xy += weight * leastUs * ttftUs;
    }
    const determinant = one * xx - x * x;
    if (!(determinant > 0)) return 0;
    constant = Math.max(0, (y * xx - x * xy) / determinant);
    slope = Math.max(0, (xy - constant * x) / xx);
  }
  return constant;
}

/** Fewer tell nothing of a line. */
const LEAST_POINTS = 10;
