import { expect, it } from 'vitest';
import { ARMS } from '../../benchmarks/search/arms.ts';
import { figuresOf } from '../../benchmarks/search/main.ts';
import type { SearchOutcome } from '../../benchmarks/search/outcome.ts';
import { DEFAULT_SETTINGS } from '../../src/search/index.ts';

const OUTCOME: SearchOutcome = {
  generations: 9,
  candidates: 8000,
  fitted: 100,
  cpuSeconds: 4,
  trainingError: 2,
  heldOutError: 3,
  operations: 12,
  hypervolume: 0.8,
  profile: { drafts: 1, fits: 2, rest: 1 },
};
const JOB = { arm: 'defaults', seconds: 4 };

it('ways of searching differ from the defaults by what they say', () => {
  for (const [name, arm] of Object.entries(ARMS)) {
    if (name === 'defaults') expect(arm).toEqual({});
    else expect({ ...DEFAULT_SETTINGS, ...arm }).not.toEqual(DEFAULT_SETTINGS);
  }
});

it('figures are medians over the seeds that came to an end', () => {
  const rows = [
    { ...JOB, seed: 1, outcome: OUTCOME },
    { ...JOB, seed: 2, outcome: { ...OUTCOME, cpuSeconds: 8 } },
    { ...JOB, seed: 3, outcome: { ...OUTCOME, cpuSeconds: 8 } },
    { ...JOB, seed: 4, failure: 'exit code 1' },
  ];
  const figures = Object.fromEntries(figuresOf('defaults', rows).map(({ figure, value, ok }) => [figure, [value, ok]]));
  expect(figures).toMatchObject({
    'defaults: candidates scored a CPU-s': [1000, false],
    'defaults: CPU time on fits, %': [25, null],
  });
  expect(figuresOf('defaults', []).every(({ value, ok }) => value === null && ok === null)).toBe(true);
});
