import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Dataset,
  importDataset,
  loadDataset,
  makeDataset,
  saveDataset,
  TEST_ACCESS_FILE,
} from '../../src/data/index.ts';
import { type Architecture, architecture } from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { range, sampleSteps } from './sample.ts';

const MEASURED = {
  e2eMs: 5320.605252511035,
  ttftMs: 100,
  itlMs: 10,
  completed: 100,
  failed: 2,
  meanPromptTokens: 575,
  meanOutputTokens: 246,
};

function dataset(ids: readonly number[] = range(0, 50)): Dataset {
  const base = { workload: 'general', tp: 4, hardware: 'H100', blockSize: 16 };
  const tiny: Architecture = {
    ...architecture('llama-2-7b'),
    name: 'tiny',
    id: 'tiny',
    layerGroups: [
      {
        feedForward: { size: 5, experts: { size: 2, active: 1, count: 4 }, matrices: 3 },
        attention: { headSize: 8, kind: 'grouped', kvHeads: 1, heads: 2, window: 128 },
        count: 32,
      },
    ],
    unmodelled: [{ size: 'little', what: 'tower' }],
  };
  return makeDataset(
    'somewhere',
    [
      {
        id: 'b',
        model: 'llama-2-70b',
        architecture: 'llama-2-70b',
        ...base,
        steps: sampleSteps(ids),
        measured: MEASURED,
      },
      { id: 'a', model: 'tiny', architecture: 'tiny', ...base, steps: sampleSteps([5, 6]) },
      { id: 'c', model: 'llama-2-70b', architecture: 'llama-2-70b', ...base, measured: MEASURED },
    ],
    [tiny, { ...tiny, name: 'unused' }],
  );
}

describe('a dataset folder', () => {
  it('gives back what was saved, to the bit', async () => {
    const folder = join(temporaryFolder(), 'deep', 'set');
    const saved = dataset();
    saveDataset(saved, folder);
    expect(await loadDataset(folder)).toEqual(saved);
    expect(saved.experiments.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(saved.architectures?.map(({ name }) => name)).toEqual(['tiny']);
    expect(readdirSync(folder).sort()).toEqual(['dataset.json', 'steps.parquet']);
    expect(await importDataset(folder)).toEqual(saved);
  });

  it('holds summary-only experiments alone too', async () => {
    const folder = join(temporaryFolder(), 'set');
    const saved = makeDataset('x', [dataset().experiments[2]!]);
    saveDataset(saved, folder);
    expect(await loadDataset(folder)).toEqual(saved);
  });

  it('replaces a dataset and leaves nothing beside it', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'set');
    saveDataset(dataset(), folder);
    const second = dataset(range(0, 7));
    saveDataset(second, folder);
    expect(await loadDataset(folder)).toEqual(second);
    expect(readdirSync(parent)).toEqual(['set']);
  });

  it('never replaces anything else', () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'notes.txt'), 'keep');
    const file = join(parent, 'notes.txt');
    expect(() => saveDataset(dataset(), parent)).toThrow(/is not empty and holds no earlier dataset/);
    expect(() => saveDataset(dataset(), file)).toThrow(/is a file, not a folder/);
    expect(readFileSync(file, 'utf8')).toBe('keep');
    expect(readdirSync(parent)).toEqual(['notes.txt']);
  });

  it('never replaces a folder that only holds a file of that name', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'dataset.json'), '{"name":"mine"}');
    mkdirSync(join(folder, 'thesis'));
    writeFileSync(join(folder, 'thesis', 'chapter.txt'), 'keep');
    expect(() => saveDataset(dataset(), folder)).toThrow(/is not empty and holds no earlier dataset/);
    expect(readFileSync(join(folder, 'thesis', 'chapter.txt'), 'utf8')).toBe('keep');
  });

  it('never removes what stands beside a dataset in its folder', () => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset(), folder);
    mkdirSync(join(folder, 'plots'));
    writeFileSync(join(folder, 'plots', 'a.svg'), 'keep');
    expect(() => saveDataset(dataset(range(0, 7)), folder)).toThrow(
      /holds plots\/a\.svg, which is no part of the earlier/,
    );
    expect(readFileSync(join(folder, 'plots', 'a.svg'), 'utf8')).toBe('keep');
  });

  it('keeps the record of who opened test rows when it is replaced', async () => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset(), folder);
    writeFileSync(join(folder, TEST_ACCESS_FILE), '{"command":"validate"}\n');
    saveDataset(dataset(range(0, 7)), folder);
    expect(readFileSync(join(folder, TEST_ACCESS_FILE), 'utf8')).toBe('{"command":"validate"}\n');
    expect(await loadDataset(folder)).toEqual(dataset(range(0, 7)));
  });

  it('fills an empty folder', async () => {
    const folder = join(temporaryFolder(), 'set');
    mkdirSync(folder);
    saveDataset(dataset(), folder);
    expect((await loadDataset(folder)).experiments).toHaveLength(3);
  });

  it('has a hash that depends on content alone', () => {
    expect(dataset().hash).toBe(dataset().hash);
    expect({ ...dataset(), source: 'elsewhere' }.hash).toBe(dataset().hash);
    const other = sampleSteps(range(0, 50));
    other.kvBlocksFree[7] = other.kvBlocksFree[7]! + 1;
    const [a, b, c] = dataset().experiments;
    expect(makeDataset('somewhere', [a!, { ...b!, steps: other }, c!], dataset().architectures).hash).not.toBe(
      dataset().hash,
    );
    expect(makeDataset('somewhere', [c!, b!, a!], dataset().architectures).hash).toBe(dataset().hash);
  });

  it('refuses two experiments of one name', () => {
    const [a] = dataset().experiments;
    expect(() => makeDataset('x', [a!, a!])).toThrow(/x: two experiments are called `a`/);
    expect(() => makeDataset('x', [])).toThrow(/x: no experiments/);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'no dataset.json',
      (folder) => writeFileSync(join(folder, 'dataset.json'), ''),
      /dataset\.json: the file is empty/,
    ],
    [
      'another version',
      (folder) => edit(folder, (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 9')),
      /dataset\.json:\d+: schemaVersion: /,
    ],
    [
      'an edited figure',
      (folder) => edit(folder, (text) => text.replace('"ttftMs": 100', '"ttftMs": 90')),
      /does not match the hash/,
    ],
    [
      'a missing field',
      (folder) => edit(folder, (text) => text.replace('"blockSize"', '"block"')),
      /dataset\.json:\d+: experiments\.0\.blockSize: /,
    ],
    [
      'another number of rows',
      (folder) => edit(folder, (text) => text.replace('"rows": 50', '"rows": 51')),
      /50 records of `b` where .*dataset\.json says 51/,
    ],
    [
      'truncated columns',
      (folder) =>
        writeFileSync(join(folder, 'steps.parquet'), readFileSync(join(folder, 'steps.parquet')).subarray(0, 900)),
      /steps\.parquet: not a readable Parquet/,
    ],
  ])('is refused with %s', async (_, damage, message) => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset(), folder);
    damage(folder);
    await expect(loadDataset(folder)).rejects.toThrow(message);
    await expect(loadDataset(folder)).rejects.toHaveProperty('code', expect.stringMatching(/^data\./));
  });

  it('takes no option of an import, since it says all of them itself', async () => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset(), folder);
    await expect(importDataset(folder, { hardware: 'A100' })).rejects.toThrow(
      /the hardware does not apply: a dataset says this itself/,
    );
    await expect(importDataset(folder, { blockSize: 32 })).rejects.toThrow(/the block size does not apply/);
    await expect(importDataset(folder, { architectures: [architecture('llama-2-7b')] })).rejects.toThrow(
      /the model configuration does not apply/,
    );
  });

  it('is refused where it is not there or is another folder', async () => {
    await expect(loadDataset('/nowhere/set')).rejects.toThrow('/nowhere/set/dataset.json: no such file or folder');
    const folder = temporaryFolder();
    await expect(loadDataset(folder)).rejects.toThrow(/not a dataset \(no dataset\.json in it\)/);
  });
});

function edit(folder: string, change: (text: string) => string): void {
  const path = join(folder, 'dataset.json');
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}
