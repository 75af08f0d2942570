import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAWS } from '../../benchmarks/laws/serving-laws.ts';
import { RECORD_FACTS, stepRecords } from '../../benchmarks/laws/step-records.ts';
import { describeData, findRun, importData, readProgram, startRun } from '../../src/app/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const LAW = LAWS.find(({ name }) => name === 'max')!;
/** Fits well enough to be picked where a few rows are far off. */
const LINE = `export const constants = { base: 11000, prefill: 30, decode: 30 };
export function predictStepTime(batch, c) {
  return c.base + c.prefill * batch.prefillTokens + c.decode * batch.decodeTokens;
}
`;

async function pickOf(target: 'cycle' | 'duration', wild: number) {
  const folder = temporaryFolder();
  const records = join(folder, 'records.csv');
  writeFileSync(records, stepRecords(LAW, { rows: 400, noise: 0.01, wild, seed: 4 }));
  const data = join(folder, 'data');
  const dataset = await importData(records, { ...RECORD_FACTS, folder: data });
  const runs = join(folder, 'runs');
  const { run } = await startRun({
    runs,
    data,
    target,
    jobs: 1,
    // The laws are made up.
    floor: false,
    seeds: [
      { name: 'line', source: LINE },
      { name: 'law', source: LAW.source },
    ],
    search: { generations: 0 },
  });
  const { operator, constantsByGroup, error } = readProgram(findRun(runs, run));
  return {
    operator,
    error,
    constants: Object.values(constantsByGroup)[0]!,
    described: describeData(dataset).experiments[0]!,
  };
}

describe.each(['cycle', 'duration'] as const)('with the target %s', (target) => {
  it('one per cent of readings that are off by a factor of 100 change neither fit nor pick', async () => {
    const [clean, spoilt] = [await pickOf(target, 0), await pickOf(target, 0.02)];
    expect(clean.operator).toBe('seed:law');
    expect(spoilt.operator).toBe('seed:law');
    expect(spoilt.error).toBeLessThan(1.5 * clean.error);
    for (const [name, value] of Object.entries({ weightsUs: 11_000, compute: 32, memory: 0.12 })) {
      expect(spoilt.constants[name]! / value).toBeCloseTo(1, 1.5);
    }
    if (target === 'duration') {
      expect(spoilt.described.warnings).toEqual([expect.stringMatching(/^of the durations \d are far off/)]);
    } else {
      const reasons = spoilt.described.signal!.excluded.map(({ reason }) => reason);
      expect(reasons).toEqual(expect.arrayContaining(['stall', 'short']));
    }
    expect(clean.described.signal!.dropped).toBe(0);
  }, 60_000);
});
