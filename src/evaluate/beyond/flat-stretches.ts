import type { ResponseCurves } from './response-curves.ts';

/** Steps along response curves on which the floor rises, and those of them on which the prediction hardly does. */
export interface FlatStretches {
  /** Steps on which the floor rises by more than a hundredth of itself. */
  readonly rises: number;
  /** Of them, those on which the prediction rises by less than a tenth as much. */
  readonly flat: number;
}

/** A rise of the floor by less is none to speak of. */
const RISE = 0.01;
const FLAT = 0.1;

/** Counts where more work costs nothing that must cost something. */
export function flatStretches(curves: readonly ResponseCurves[]): FlatStretches {
  let [rises, flat] = [0, 0];
  for (const { promptTokens, contextTokens, requests } of curves) {
    for (const points of [promptTokens, contextTokens, requests]) {
      for (const [at, [, us, floorUs]] of points.entries()) {
        const before = points[at - 1];
        if (before === undefined) continue;
        const least = floorUs - before[2];
        if (!(least > RISE * before[2])) continue;
        rises++;
        if (!(us - before[1] >= FLAT * least)) flat++;
      }
    }
  }
  return { rises, flat };
}
