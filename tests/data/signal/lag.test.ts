import { describe, expect, it } from 'vitest';
import { lagEvidence } from '../../../src/data/signal/lag.ts';
import { withTreatment } from '../../../src/data/import/treat.ts';
import { createRandom } from '../../../src/numeric/index.ts';
import type { StepColumns } from '../../../src/physics/index.ts';
import { EXPERIMENT } from '../sample.ts';
import { madeSteps, stepLaw } from './made-steps.ts';

/** Steps whose cycle is that of the batch `lag` steps before; `alike` for batches that hardly differ. */
function lagged(lag: 0 | 1, alike = false): StepColumns {
  const random = createRandom(3).split('lag');
  const batches = Array.from({ length: 300 }, () => ({
    decodeRequests: alike ? 20 : 1 + random.integer(60),
    prefillTokens: !alike && random.uniform() < 0.2 ? 20 + random.integer(900) : 0,
  }));
  return madeSteps(
    batches.map((batch, at) => ({
      ...batch,
      cycleUs: stepLaw(batches[at - lag] ?? batch) * (1 + 0.02 * random.normal()),
      waitedUs: 0,
      isLast: false,
    })),
  );
}

describe('the lag', () => {
  it('is told from triples of consecutive steps', () => {
    const own = lagEvidence(lagged(0));
    expect(own.verdict).toBe('own batch');
    expect(own.error0).toBeLessThan(2);
    expect(own.error1).toBeGreaterThan(5);
    // 300 steps make 298 triples; the last 60 rows are test rows.
    expect(own.triples).toBe(238);
    expect(lagEvidence(lagged(1))).toMatchObject({ verdict: 'batch before', triples: 238 });
  });

  it('cannot be told from batches that are alike, nor from a few steps', () => {
    expect(lagEvidence(lagged(0, true)).verdict).toBe('undecided');
    const few = madeSteps(
      [1, 50, 3, 40].map((decodeRequests) => ({
        decodeRequests,
        prefillTokens: 0,
        cycleUs: 12_000 + 40 * decodeRequests,
        waitedUs: 0,
        isLast: false,
      })),
    );
    expect(lagEvidence(few)).toMatchObject({ verdict: 'undecided', error0: null, error1: null, difference: null });
  });

  it('is what the records tell unless it is given, and written down where it is 1', () => {
    const treated = (steps: StepColumns, options = {}) => withTreatment({ ...EXPERIMENT, steps }, options).treatment;
    expect(treated(lagged(1))).toEqual({ lag: 1 });
    expect(treated(lagged(0))).toBeUndefined();
    expect(treated(lagged(1), { lag: 0 })).toBeUndefined();
    expect(treated(lagged(0), { lag: 1, keepIdle: true, dropWarmup: 10, dropOutliers: 6 })).toEqual({
      lag: 1,
      keepIdle: true,
      dropWarmup: 10,
      dropOutliers: 6,
    });
    expect(withTreatment(EXPERIMENT, { lag: 1 }).treatment).toBeUndefined();
  });
});
