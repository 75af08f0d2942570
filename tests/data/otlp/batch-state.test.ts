import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset, loadDataset, saveDataset } from '../../../src/data/index.ts';
import { readTraces } from '../../../src/data/otlp/read-traces.ts';
import type { BatchState } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleRecord } from '../sample.ts';
import { exported, folderWith, type Json, lines, snapshot, summary } from './otlp-sample.ts';

// Scheduled tokens of the sample: step 1 has 9, step 2 has 10, step 3 has 28 (17 of them prefill), step 4 has 12.
async function stateOf(...documents: readonly Json[]): Promise<BatchState | undefined> {
  const { experiments } = await importDataset(folderWith({ 'traces.json': lines(...documents) }));
  return experiments[0]!.state;
}

async function notesOf(...documents: readonly Json[]): Promise<readonly string[]> {
  return (await readTraces([join(folderWith({ 'traces.json': lines(...documents) }), 'traces.json')])).notes;
}

describe('state of batches', () => {
  it('follows the step records, whatever their order, and leaves repeated ones out', async () => {
    const two = [summary(2), snapshot(2, 100, 9, 400, 0), snapshot(2, 52, 1, 50, 3)];
    const one = [snapshot(1, 0, 8, 300, 0), summary(1), snapshot(1, 70, 1, 60, 11, 2)];
    const state = await stateOf(exported(two), exported([...one]), exported(two));
    expect(state).toEqual({
      offsets: Float64Array.of(0, 2, 4),
      computedTokens: Float64Array.of(0, 70, 100, 52),
      newTokens: Float64Array.of(8, 1, 9, 1),
      promptTokens: Float64Array.of(300, 60, 400, 50),
      outputTokens: Float64Array.of(0, 11, 0, 3),
      preemptions: Float64Array.of(0, 2, 0, 0),
    });
  });

  it('is of the step before it in the span where a snapshot names none', async () => {
    const state = await stateOf(
      exported([summary(1), snapshot(undefined, 5, 9, 50, 0), summary(2), snapshot(undefined, 7, 10, 50, 0)]),
    );
    expect(state?.computedTokens).toEqual(Float64Array.of(5, 7));
    expect(state?.offsets).toEqual(Float64Array.of(0, 1, 2));
  });

  it('is that of its own span: two engines may give steps the same id', async () => {
    const other = summary(1, { 'step.id': 2 });
    const state = await stateOf(
      exported([summary(1), snapshot(1, 5, 9, 50, 0)]),
      exported([other, snapshot(1, 6, 9, 50, 0), snapshot(2, 7, 9, 50, 0)]),
    );
    expect(state?.computedTokens).toEqual(Float64Array.of(5, 7));
  });

  it('leaves out requests that were not scheduled, and steps of which only a part was kept, and says so', async () => {
    const documents = [
      exported([summary(1), snapshot(1, 5, 8, 50, 0), snapshot(1, 30, 0, 20, 11), snapshot(1, 30, 1, 20, 11)]),
      exported([summary(2), snapshot(2, 5, 8, 50, 0)]),
      exported([summary(4), snapshot(3, 1, 1, 50, 0)]),
    ];
    const state = await stateOf(...documents);
    expect(state?.newTokens).toEqual(Float64Array.of(8, 1));
    expect(state?.offsets).toEqual(Float64Array.of(0, 2, 2, 2));
    expect(await notesOf(...documents)).toEqual([
      '1 request snapshots belong to no step record: left out',
      'the request snapshots of 1 steps are not those of their whole batch: left out',
      'exact state of the batch in 1 of 3 steps: contexts need that of all',
    ]);
  });

  it('counts what was computed before the step, also where the tracer counts the step itself', async () => {
    // A request with 20 prompt and 11 output tokens has 30 in the cache when it computes its last one.
    const advanced = exported([summary(1), snapshot(1, 13, 8, 50, 0), snapshot(1, 31, 1, 20, 11)]);
    expect((await stateOf(advanced))?.computedTokens).toEqual(Float64Array.of(5, 30));
    expect(await notesOf(advanced)).toEqual([expect.stringContaining("count the step's own tokens")]);
  });

  it('is absent where there are no snapshots', async () => {
    expect(await stateOf(exported([summary(1)]))).toBeUndefined();
  });

  it('is stored and read again', async () => {
    const dataset = await importDataset(
      folderWith({
        'traces.json': lines(exported([summary(1), snapshot(1, 5, 8, 50, 0), snapshot(1, 30, 1, 20, 11)])),
      }),
    );
    const folder = join(temporaryFolder(), 'data');
    saveDataset(dataset, folder);
    const loaded = await loadDataset(folder);
    expect(loaded.hash).toBe(dataset.hash);
    expect(loaded.experiments[0]!.state).toEqual(dataset.experiments[0]!.state);
  });

  it.each([
    [
      'lacks a count',
      snapshot(1, 5, 8, 50, 0),
      'num_computed',
      'other',
      /json:2: a step\.REQUEST_SNAPSHOT event has no number `request\.num_computed_tokens`/,
    ],
    [
      'has half a token',
      snapshot(1, 5.5, 8, 50, 0),
      '',
      '',
      /json:2: `request\.num_computed_tokens` of a step\.REQUEST_SNAPSHOT event is no count/,
    ],
    ['has a negative count', snapshot(1, -5, 8, 50, 0), '', '', /json:2: `request\.num_computed_tokens`/],
  ])('is refused where a snapshot %s', async (_, wrong, from, to, words) => {
    const text = lines(exported([summary(2)]), exported([summary(1), wrong])).replace(from, to);
    await expect(importDataset(folderWith({ 'traces.json': text }))).rejects.toThrow(words);
  });
});

describe('engines of a trace', () => {
  const engineOf = async (...documents: readonly Json[]): Promise<unknown> => {
    const { steps } = await readTraces([join(folderWith({ 'traces.json': lines(...documents) }), 'traces.json')]);
    return steps!.columns.get('engine');
  };

  it.each([
    ['the resource', { resource: { 'service.instance.id': 'b' } }, {}],
    ['the span', { span: { 'dp.rank': 1 } }, {}],
    ['the event', {}, { 'engine.id': 'x' }],
  ])('are numbered as they come where %s tells them apart', async (_, where, changes) => {
    const first = exported([summary(1), summary(2)]);
    const second = exported([summary(3, changes)], where);
    expect(await engineOf(first, second, exported([summary(4)]))).toEqual([0, 0, 1, 0]);
  });

  it('are separated at the import, and the state of their batches with them', async () => {
    const later = (id: number): Json => {
      const { startNs, endNs } = sampleRecord(id);
      return summary(id, { 'step.ts_start_ns': startNs + 5e6, 'step.ts_end_ns': endNs + 5e6 });
    };
    const ofRank = (rank: string, events: readonly Json[]): Json =>
      exported(events, { resource: { 'service.instance.id': rank } });
    const text = lines(
      ofRank('a', [summary(1), snapshot(1, 11, 9, 50, 0), summary(2), snapshot(2, 12, 10, 50, 0)]),
      ofRank('b', [later(1), snapshot(1, 21, 9, 50, 0), later(2), snapshot(2, 22, 10, 50, 0)]),
    );
    const { experiments } = await importDataset(folderWith({ 'traces.json': text }));
    expect(experiments[0]!.engines).toEqual(Float64Array.of(0, 1, 0, 1));
    expect(experiments[0]!.steps!.stepId).toEqual(Float64Array.of(1, 1, 2, 2));
    expect(experiments[0]!.state!.computedTokens).toEqual(Float64Array.of(11, 21, 12, 22));
  });

  it('are not told apart where all records say the same', async () => {
    const where = { resource: { 'service.instance.id': 'b' } };
    expect(await engineOf(exported([summary(1)], where), exported([summary(2)], where))).toBeUndefined();
  });
});
