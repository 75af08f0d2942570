import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset, loadDataset, saveDataset } from '../../../../src/data/index.ts';
import { readKvEvents } from '../../../../src/data/sources/ground-truth/kv-events.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { exported, folderWith, lines, summary } from '../../otlp/otlp-sample.ts';

const LOG = [
  [
    1.5,
    [
      ['BlockStored', [11, 12], null, [1, 2, 3], 16, null, 'GPU', null],
      ['BlockRemoved', [9], 'GPU'],
    ],
    0,
    1,
  ],
  [1.6, [['BlockStored', [13], 12, [4], 16, null]], 0, 1],
  [1.7, [['BlockStored', [14], 12, [4], 16, null, 'CPU', null], ['AllBlocksCleared']], 0, 2],
  [
    1.8,
    [
      ['TransferInitiated', 5, 'r', 'GPU', 'CPU', 7, 2],
      ['TransferInitiated', 6, 'r', 'CPU', 'GPU', [1, 2], 3],
    ],
    0,
    2,
  ],
  [
    1.9,
    [
      ['TransferInitiated', 5, 'r', 'GPU', 'CPU', 7, 2],
      ['TransferCompleted', 5, 'r', 'GPU', 'CPU', 7, 2],
    ],
    0,
    3,
  ],
];
const text = LOG.map((line) => `${JSON.stringify(line)}\n`).join('');
const traces = lines(exported([summary(1), summary(2), summary(3), summary(4)]));

describe('KV events', () => {
  it('are counted by step, transfers once, and kept with the step records', async () => {
    const notes: string[] = [];
    const folder = folderWith({ 'traces.json': traces, 'kv_events.jsonl': text });
    const dataset = await importDataset(folder, { onNote: (line) => notes.push(line) });
    expect(dataset.experiments[0]!.kvEvents).toEqual({
      storedBlocks: Float64Array.of(3, 0, 0, 0),
      removedBlocks: Float64Array.of(1, 0, 0, 0),
      toCpuBlocks: Float64Array.of(0, 7, 0, 0),
      toGpuBlocks: Float64Array.of(0, 0, 2, 0),
    });
    expect(notes).toEqual([expect.stringContaining('1 KV transfers were logged twice: counted once')]);
    const out = join(temporaryFolder(), 'data');
    saveDataset(dataset, out);
    const loaded = await loadDataset(out);
    expect(loaded.hash).toBe(dataset.hash);
    expect(loaded.experiments[0]!.kvEvents).toEqual(dataset.experiments[0]!.kvEvents);
  });

  it('change the hash, and are absent where none is of a step that was recorded', async () => {
    const without = await importDataset(folderWith({ 'traces.json': traces }));
    const withThem = await importDataset(folderWith({ 'traces.json': traces, 'kv_events.jsonl': text }));
    const others = await importDataset(folderWith({ 'traces.json': traces, 'kv_events.jsonl': '[1,[],0,9]\n' }));
    expect(withThem.hash).not.toBe(without.hash);
    expect(others.hash).toBe(without.hash);
  });

  it('of several ranks are left out: their steps have the same ids', async () => {
    const path = join(temporaryFolder(), 'kv_events.jsonl');
    writeFileSync(path, `${text}[2,[],1,1]\n`);
    expect(await readKvEvents(path)).toMatchObject({ notes: [expect.stringContaining('2 ranks')] });
  });

  it.each([
    ['is cut off', '[1.5,[["BlockSt', /kv_events\.jsonl:6(:\d+)?: not JSON/],
    ['is no batch of events', '{"ts":1}', /kv_events\.jsonl:6: /],
    ['has a step that is no number', '[1,[],0,"one"]', /kv_events\.jsonl:6: /],
  ])('are refused where a line %s', async (_, line, words) => {
    const folder = folderWith({ 'traces.json': traces, 'kv_events.jsonl': text });
    appendFileSync(join(folder, 'kv_events.jsonl'), line);
    await expect(importDataset(folder)).rejects.toThrow(words);
  });
});
