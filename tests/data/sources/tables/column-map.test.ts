import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importDataset, parseMap } from '../../../../src/data/index.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { laterRefusalOf, refusalOf } from '../../../user-error.ts';
import { range, sampleRecord, sampleSteps } from '../../sample.ts';

const OPTIONS = { model: 'llama-2-70b', tp: 4, workload: 'general' };
const MAP =
  'step.id=iter, duration_us=1000*latency_ms, prefill_tokens=`new prompt tokens`, batch.decode_tokens=total-`new prompt tokens`, num_prefill_reqs=np, decodeRequests=nd';

function file(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A table in names and units of its own. */
function rows(ids: readonly number[]): Record<string, number>[] {
  return ids.map((id) => {
    const { durationUs, prefillTokens, scheduledTokens, prefillRequests, decodeRequests } = sampleRecord(id);
    return {
      iter: id,
      latency_ms: durationUs / 1000,
      'new prompt tokens': prefillTokens,
      total: scheduledTokens,
      np: prefillRequests,
      nd: decodeRequests,
    };
  });
}

function csv(records: readonly Record<string, unknown>[]): string {
  const names = Object.keys(records[0]!);
  return [names.join(','), ...records.map((record) => names.map((name) => String(record[name])).join(','))].join('\n');
}

function expectSample(steps: ReturnType<typeof sampleSteps>, ids: readonly number[]): void {
  const expected = sampleSteps(ids);
  for (const name of ['stepId', 'prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests'] as const) {
    expect(steps[name]).toEqual(expected[name]);
  }
  for (const [row, value] of steps.durationUs.entries()) expect(value).toBeCloseTo(expected.durationUs[row]!, 9);
}

describe('a table with names and units of its own', () => {
  it('is read by a map, from CSV', async () => {
    const path = file('mine.csv', csv(rows([5, 3, 4])));
    const { experiments } = await importDataset(path, { ...OPTIONS, map: parseMap(MAP) });
    expectSample(experiments[0]!.steps!, [3, 4, 5]);
  });

  it('is read from JSON lines, packed or not, and from a folder', async () => {
    const text = rows(range(0, 9))
      .map((row) => JSON.stringify(row))
      .join('\n');
    for (const path of [
      file('mine.jsonl', text),
      file('mine.jsonl.gz', gzipSync(text)),
      join(file('a.ndjson', text), '..'),
    ]) {
      const { experiments } = await importDataset(path, { ...OPTIONS, map: parseMap(MAP) });
      expectSample(experiments[0]!.steps!, range(0, 9));
    }
  });

  it('may have its map in a file', async () => {
    const map = file(
      'map.yaml',
      'step.id: iter\nduration_us: 1000 * latency_ms\nprefill_tokens: "`new prompt tokens`"\nscheduled_tokens: total\nnum_prefill_reqs: np\nnum_decode_reqs: Math.max(nd, 0)\n',
    );
    const path = file('mine.csv', csv(rows([1, 2])));
    expectSample((await importDataset(path, { ...OPTIONS, map: parseMap(map) })).experiments[0]!.steps!, [1, 2]);
  });

  it('keeps its own columns of step records, and takes labels as they are', async () => {
    const records = rows([1, 2]).map((row, at) => ({ ...row, run: `0${at}`, 'queue.waiting_depth': 3 + at }));
    const map = parseMap(`${MAP}, experiment=run`);
    const { experiments } = await importDataset(file('mine.csv', csv(records)), { ...OPTIONS, map });
    expect(experiments.map(({ id, steps }) => [id, steps!.waitingDepth[0]])).toEqual([
      ['00', 3],
      ['01', 4],
    ]);
  });

  it('keeps nanoseconds of a wall clock that no double holds', async () => {
    const lines = [1, 2].map((id) => `{"id":${id},"t":176000000000000000${id},"p":1,"d":1,"np":1,"nd":1}`).join('\n');
    const map = parseMap(
      'step.id=id, ts_start_ns=t, prefill_tokens=p, decode_tokens=d, num_prefill_reqs=np, num_decode_reqs=nd',
    );
    const { experiments } = await importDataset(file('mine.jsonl', lines), { ...OPTIONS, map });
    expect([...experiments[0]!.steps!.startNs]).toEqual([0, 1]);
  });

  it('needs no map where it has the usual names, and says that it has no ids', async () => {
    const notes: string[] = [];
    const { stepId: _, ...record } = sampleRecord(1);
    const path = file('steps.jsonl', JSON.stringify(record));
    const { experiments } = await importDataset(path, { ...OPTIONS, onNote: (note) => notes.push(note) });
    expect(experiments[0]!.steps!.stepId).toEqual(Float64Array.of(0));
    expect(notes).toEqual([expect.stringMatching(/no step ids: its rows are taken for consecutive steps/)]);
  });

  it('says where a cell is bad in its own columns', async () => {
    const [first, second] = rows([1, 2]);
    const path = file('mine.csv', csv([first!, { ...second!, latency_ms: 'soon' }]));
    expect(await laterRefusalOf(() => importDataset(path, { ...OPTIONS, map: parseMap(MAP) }))).toMatchObject({
      message: `${path}:3:2: column \`latency_ms\`: "soon" is not a non-negative number`,
    });
    const lines = file(
      'mine.jsonl',
      `${JSON.stringify(first)}\n\n${JSON.stringify(second).replace(/"np":\d/, '"np":NaN')}`,
    );
    expect(await laterRefusalOf(() => importDataset(lines, { ...OPTIONS, map: parseMap(MAP) }))).toMatchObject({
      message: `${lines}:3: column \`np\`: NaN is not a non-negative number`,
    });
  });

  it('names every column of the map that it lacks, and those that it has', async () => {
    const path = file('mine.csv', csv(rows([1])));
    const map = parseMap(`${MAP}, waiting_depth=queue+other`);
    expect(await laterRefusalOf(() => importDataset(path, { ...OPTIONS, map }))).toMatchObject({
      code: 'data.unknown-column',
      problem:
        'the map names `queue`, `other`, which are not there (columns: iter, latency_ms, new prompt tokens, total, np, nd)',
    });
  });

  it('breaks off where a line is cut', async () => {
    const path = file('mine.jsonl', `${JSON.stringify(rows([1])[0])}\n{"iter":`);
    expect(await laterRefusalOf(() => importDataset(path, { ...OPTIONS, map: parseMap(MAP) }))).toMatchObject({
      code: 'data.not-json-lines',
      place: { file: path, line: 2 },
    });
  });
});

describe('a map of columns', () => {
  it.each([
    [
      'a column that step records do not have',
      'speed=iter',
      /step records have no column `speed` \(columns: step\.id, /,
    ],
    ['a column twice', 'step.id=iter, stepId=n', /the column `stepId` is there twice/],
    ['no expression', 'step.id=iter+', /`iter\+` is no expression/],
    ['code', 'step.id=process.exit(1)', /is no expression/],
    ['two expressions', 'step.id=iter n', /is no expression: .*text after the expression/],
    ['a computed label', 'model=1*name', /`model` is a label/],
    ['neither', 'nowhere.yaml', /`nowhere\.yaml` is neither a file nor a name with an expression/],
    ['nothing', ' , ', /nothing in it/],
  ])('is refused with %s', (_, text, words) => {
    const error = refusalOf(() => parseMap(text));
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('\n');
    expect(error.code).toBe('data.wrong-map');
  });

  it('is refused where nothing is read by it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'requests.jsonl'), '{"input_toks":1,"output_toks":1,"queued_ts":1}');
    const error = await laterRefusalOf(() =>
      importDataset(folder, { ...OPTIONS, hardware: 'H100', map: parseMap(MAP) }),
    );
    expect(error).toMatchObject({ code: 'data.idle-option', details: { option: 'map' } });
  });
});
