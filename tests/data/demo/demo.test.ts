import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoFolder } from '../../../src/data/demo/cache.ts';
import { DEMO_HASH, demoDataset } from '../../../src/data/demo/index.ts';
import { SCENARIOS } from '../../../src/data/demo/scenarios.ts';
import { simulate } from '../../../src/data/demo/simulate.ts';
import { cyclePairs, type Dataset, modelKey, SPLITS, splitRanges } from '../../../src/data/index.ts';
import { folderForAll } from '../../temporary-folder.ts';

let demo: Dataset;
const cacheDir = folderForAll();

beforeAll(async () => {
  demo = await demoDataset({ cacheDir });
}, 60_000);

describe('demo data', () => {
  it('is the same bytes on every machine', () => {
    expect(demo.hash).toBe(DEMO_HASH);
  });

  it('is kept when it was simulated, and read from then on', async () => {
    const file = join(demoFolder(cacheDir, 1), 'dataset.json');
    const written = statSync(file).mtimeMs;
    expect(await demoDataset({ cacheDir })).toEqual(demo);
    expect(statSync(file).mtimeMs).toBe(written);
  });

  it('depends on the seed', () => {
    const { steps } = simulate(SCENARIOS[2]!, { seed: 2, sampleShare: 0.1 }).experiment;
    expect(steps.stepId).not.toEqual(demo.experiments[2]!.steps!.stepId);
    expect(steps.durationUs).not.toEqual(demo.experiments[2]!.steps!.durationUs);
  });

  it('has every model under every workload, named like real experiments', () => {
    const { source, experiments } = demo;
    expect(source).toBe('demo');
    expect(new Set(experiments.map(({ model, workload }) => `${model} ${workload}`)).size).toBe(16);
    expect(experiments.map(({ id }) => id.slice(0, 9))).toEqual(Array.from(experiments, () => '20260301-'));
    expect(experiments.map(({ id }) => id.slice(16))).toEqual(
      experiments.map(({ model, tp, workload }) => `${model}-tp${tp}-${workload}`),
    );
  });

  it('mixes small prefills that the prefix cache leaves with prompts that it does not know', () => {
    let mixed = 0;
    let long = 0;
    for (const { steps } of demo.experiments) {
      for (const [row, requests] of steps!.prefillRequests.entries()) {
        if (requests === 0 || steps!.decodeRequests[row] === 0) continue;
        mixed++;
        if (steps!.prefillTokens[row]! / requests > 100) long++;
      }
    }
    expect(long / mixed).toBeGreaterThan(0.05);
    expect(long / mixed).toBeLessThan(0.15);
  });
});

describe('batches without decode requests', () => {
  it('are a modest share of the rows of every split of every experiment', () => {
    for (const { id, steps } of demo.experiments) {
      const ranges = splitRanges(steps!.stepId.length);
      for (const split of SPLITS) {
        const decodes = steps!.decodeRequests.subarray(...ranges[split]);
        const share = decodes.filter((requests) => requests === 0).length / decodes.length;
        expect(share, `${id} ${split}`).toBeGreaterThan(0.005);
        expect(share, `${id} ${split}`).toBeLessThan(0.045);
      }
    }
  });

  it('begin some cycle pairs of every split of every model, with small and large chunks', () => {
    const chunks = new Map<string, number[]>();
    for (const experiment of demo.experiments) {
      const steps = experiment.steps!;
      const ranges = splitRanges(steps.stepId.length);
      for (const row of cyclePairs(steps).index) {
        if (steps.decodeRequests[row] !== 0) continue;
        const split = SPLITS.find((name) => row >= ranges[name][0] && row < ranges[name][1])!;
        for (const key of [`${modelKey(experiment)} ${split}`, modelKey(experiment)])
          chunks.set(key, [...(chunks.get(key) ?? []), steps.prefillTokens[row]!]);
      }
    }
    expect(chunks.size).toBe(4 * (1 + SPLITS.length));
    for (const [key, tokens] of chunks) expect(tokens.length, key).toBeGreaterThan(1);
    for (const [key, tokens] of [...chunks].filter(([name]) => !name.includes(' '))) {
      expect(Math.min(...tokens), key).toBeLessThan(200);
      expect(Math.max(...tokens), key).toBe(2048);
    }
  });
});

describe('scheduler calls of the demo', () => {
  it('are mostly far shorter than the step', () => {
    const shares = demo.experiments.flatMap(({ steps }) => {
      const { index, cycleUs } = cyclePairs(steps!);
      return Array.from(index, (row, pair) => steps!.durationUs[row]! / cycleUs[pair]!);
    });
    expect(shares.filter((share) => share < 0.1).length / shares.length).toBeGreaterThan(0.5);
    expect(shares.every((share) => share < 0.9)).toBe(true);
  });

  it('stay short or long for a while', () => {
    let long = 0;
    let switches = 0;
    let rows = 0;
    for (const { steps } of demo.experiments) {
      const isLong = Array.from(steps!.durationUs, (us) => us > 1000);
      rows += isLong.length;
      long += isLong.filter(Boolean).length;
      switches += isLong.filter((state, row) => row > 0 && state !== isLong[row - 1]).length;
    }
    const share = long / rows;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.6);
    // Independent draws would switch with chance 2·share·(1 − share).
    expect(switches / rows).toBeLessThan(0.2 * share * (1 - share));
  });
});

describe.each(SCENARIOS.map(({ id }, at) => ({ id, at })))('demo experiment $id', ({ at }) => {
  it('has about as many records and cycle pairs as a real one', () => {
    const steps = demo.experiments[at]!.steps!;
    expect(steps.stepId.length).toBeGreaterThan(4500);
    expect(steps.stepId.length).toBeLessThan(6500);
    const pairs = cyclePairs(steps).index.length;
    expect(pairs).toBeGreaterThan(300);
    expect(pairs).toBeLessThan(700);
  });

  it('has scheduler calls that agree with their time stamps and are shorter than the step', () => {
    const { startNs, endNs, durationUs, stepId } = demo.experiments[at]!.steps!;
    expect(durationUs.every((us, row) => us === Math.floor((endNs[row]! - startNs[row]!) / 1000))).toBe(true);
    const overlaps = startNs.subarray(1).filter((start, row) => start <= endNs[row]!);
    expect(overlaps).toHaveLength(0);
    expect(stepId.subarray(1).every((id, row) => id > stepId[row]!)).toBe(true);
  });
});

describe('the hidden law', () => {
  it('is imported by the simulator alone', () => {
    const root = resolve(import.meta.dirname, '../../..');
    const folders = ['src', 'seeds', 'benchmarks'].filter((folder) => existsSync(join(root, folder)));
    expect(folders).toContain('src');
    const importers = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(
          (file) => /\.[jt]s$/.test(file) && readFileSync(join(root, folder, file), 'utf8').includes('hidden-law'),
        )
        .map((file) => `${folder}/${file}`),
    );
    expect(importers).toEqual(['src/data/demo/simulate.ts']);
  });
});
