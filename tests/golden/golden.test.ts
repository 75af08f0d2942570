import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GOLDEN_FILE, type GoldenResults, goldenPrograms, goldenRun, goldenStreams } from './golden-results.ts';

const golden = JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as GoldenResults;

describe('results are those of the golden file', () => {
  it('canonical keys and ids of 26 programs', () => {
    expect(Object.keys(golden.programs)).toHaveLength(26);
    expect(goldenPrograms()).toEqual(golden.programs);
  });

  it('the first draws of each random stream', () => {
    expect(goldenStreams()).toEqual(golden.streams);
  });

  it('archive and pick of a run of 3 generations on the demo data', { timeout: 120_000 }, () => {
    expect(goldenRun()).toEqual(golden.run);
  });
});
