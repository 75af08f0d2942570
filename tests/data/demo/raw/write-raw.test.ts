import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenariosWith, writeRawTree, type WrittenExperiment } from '../../../../src/data/demo/index.ts';
import { SCENARIOS } from '../../../../src/data/demo/scenarios.ts';
import { simulate } from '../../../../src/data/demo/simulate.ts';
import type { Dataset } from '../../../../src/data/index.ts';
import { folderForAll, temporaryFolder } from '../../../temporary-folder.ts';
import { laterRefusalOf, refusalOf } from '../../../user-error.ts';
import { TINY, TINY_TOO } from './short-scenario.ts';

const settings = { seed: 5, sampleShare: 0.1 };
const tree = join(folderForAll(), 'raw');
const progress: WrittenExperiment[] = [];
let written: Dataset;

beforeAll(async () => {
  written = await writeRawTree(tree, {
    ...settings,
    scenarios: [TINY, TINY_TOO],
    onProgress: (experiment) => progress.push(experiment),
  });
}, 60_000);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function hashesIn(folder: string): readonly string[] {
  return filesIn(folder).map(
    (file) =>
      `${file} ${createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex')}`,
  );
}

describe('a tree of raw logs', () => {
  it('has each experiment in each format', () => {
    for (const { id } of [TINY, TINY_TOO]) {
      const own = filesIn(tree).filter((file) => file.includes(id));
      expect(new Set(own.map((file) => file.split('/')[0]))).toEqual(
        new Set([
          'aiperf',
          'blis',
          'forward-pass',
          'ground-truth',
          'guidellm',
          'inference-perf',
          'llmservingsim',
          'server',
          'sglang-bench',
          'step-table',
          'vllm-bench',
          'vllm-iterations',
        ]),
      );
    }
  });

  it('says in its manifest what it is and which files it has', () => {
    const manifest = JSON.parse(readFileSync(join(tree, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ kind: 'raw-demo', ...settings, experiments: [TINY.id, TINY_TOO.id] });
    expect(new Set(manifest.files)).toEqual(new Set(filesIn(tree)));
  });

  it('gives the experiments as they were recorded, and tells how far it is', () => {
    expect(written.experiments.find(({ id }) => id === TINY.id)).toEqual(simulate(TINY, settings).experiment);
    expect(progress.map(({ id, number, of }) => [id, number, of])).toEqual([
      [TINY.id, 1, 2],
      [TINY_TOO.id, 2, 2],
    ]);
    expect(progress.every(({ bytes, steps, requests }) => bytes > 1e6 && steps > 100 && requests > 100)).toBe(true);
  });

  it('is the same bytes each time, and replaces an earlier one', async () => {
    const again = join(temporaryFolder(), 'raw');
    for (const times of [1, 2]) {
      await writeRawTree(again, { ...settings, scenarios: [TINY, TINY_TOO] });
      expect(hashesIn(again), String(times)).toEqual(hashesIn(tree));
    }
  }, 60_000);

  it('is not written over anything else', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.md'), 'mine');
    const error = await laterRefusalOf(() => writeRawTree(folder, { ...settings, scenarios: [TINY] }));
    expect(error.code).toBe('base.foreign-folder');
    expect(filesIn(folder)).toEqual(['notes.md']);
  });

  it('is not there where writing stops half-way', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'raw');
    const stopped = writeRawTree(folder, {
      ...settings,
      scenarios: [TINY],
      onProgress: () => {
        throw new Error('stop');
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('experiments for raw logs', () => {
  it('are those with the text in their ids', () => {
    expect(scenariosWith('tp')).toEqual(SCENARIOS);
    expect(scenariosWith('roleplay').map(({ workload }) => workload.name)).toEqual(Array(4).fill('roleplay'));
  });

  it('have to exist', () => {
    const error = refusalOf(() => scenariosWith('gpt'));
    expect(error.code).toBe('data.no-such-demo');
    expect(error.mend).toContain(SCENARIOS[0]!.id);
  });
});
