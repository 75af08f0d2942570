import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDataset, importDataset, loadDataset, saveDataset } from '../../../src/data/index.ts';
import { STEP_COLUMNS } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { COLUMN_NAMES, range, sampleRecord } from '../sample.ts';

const RUN = { model: 'llama-2-7b', tp: 1, workload: 'general' };

interface Line {
  readonly id: number;
  /** Shift of the clock, ms. */
  readonly laterMs?: number;
  readonly engine?: string;
}

function csvOf(folder: string, lines: readonly Line[]): string {
  const hasEngines = lines.some(({ engine }) => engine !== undefined);
  const names = [...COLUMN_NAMES.map((name) => STEP_COLUMNS[name]), ...(hasEngines ? ['engine'] : [])];
  const rows = lines.map(({ id, laterMs = 0, engine }) => {
    const record = sampleRecord(id);
    const shifted = { ...record, startNs: record.startNs + laterMs * 1e6, endNs: record.endNs + laterMs * 1e6 };
    return [...COLUMN_NAMES.map((name) => shifted[name]), ...(hasEngines ? [engine] : [])].join(',');
  });
  const path = join(folder, 'steps.csv');
  writeFileSync(path, `${[names.join(','), ...rows].join('\n')}\n`);
  return path;
}

const ids = (from: number, to: number, line: Omit<Line, 'id'> = {}): Line[] =>
  range(from, to).map((id) => ({ id, ...line }));

describe('an imported table', () => {
  it('of an engine that was restarted has two engines, in order of time, after saving too', async () => {
    const folder = temporaryFolder();
    const dataset = await importDataset(csvOf(folder, [...ids(1, 21), ...ids(1, 11, { laterMs: 5000 })]), RUN);
    const [experiment] = dataset.experiments;
    expect([...experiment!.engines!]).toEqual([...range(0, 20).map(() => 0), ...range(0, 10).map(() => 1)]);
    expect(experiment!.steps!.startNs).toEqual(experiment!.steps!.startNs.slice().sort());
    const { signal, cyclePairs } = describeDataset(dataset).experiments[0]!;
    expect(signal).toMatchObject({ engines: 2, clockSteps: 0 });
    expect(cyclePairs.train + cyclePairs.valid + cyclePairs.test).toBe(19 + 9);
    saveDataset(dataset, join(folder, 'out'));
    const loaded = await loadDataset(join(folder, 'out'));
    expect(loaded.hash).toBe(dataset.hash);
    expect(loaded.experiments[0]!.engines).toEqual(experiment!.engines);
  });

  it('says in a column which engine a record is of', async () => {
    const lines = [...ids(1, 6, { engine: 'b' }), ...ids(1, 6, { engine: 'a' })];
    const dataset = await importDataset(csvOf(temporaryFolder(), lines), RUN);
    // Equal times: the engines take turns, by name.
    expect([...dataset.experiments[0]!.engines!]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('counts records that are there twice', async () => {
    const folder = temporaryFolder();
    const once = await importDataset(csvOf(folder, ids(1, 21)), RUN);
    const twice = await importDataset(csvOf(folder, [...ids(1, 21), ...ids(5, 9)]), RUN);
    expect(twice.hash).toBe(once.hash);
    saveDataset(twice, join(folder, 'out'));
    const loaded = await loadDataset(join(folder, 'out'));
    expect(describeDataset(loaded).experiments[0]!.signal).toMatchObject({ duplicates: 4, engines: 1 });
  });

  it('is refused where nothing tells engines apart, with a mend that works', async () => {
    const folder = temporaryFolder();
    const clash = [...ids(1, 21), { id: 15, laterMs: 1 }];
    const { message, mend } = await laterRefusalOf(() => importDataset(csvOf(folder, clash), RUN));
    expect(message).toContain('two different records have the step id 15, and neither ids nor clock');
    expect(mend).toContain('a column `engine`');
    const mended = clash.map((line, at) => ({ ...line, engine: at < 20 ? '0' : '1' }));
    const dataset = await importDataset(csvOf(folder, mended), RUN);
    expect(describeDataset(dataset).experiments[0]!.signal).toMatchObject({ engines: 2 });
  });

  it('is treated as the options say, and so is a dataset', async () => {
    const folder = temporaryFolder();
    const path = csvOf(folder, ids(1, 21));
    const dataset = await importDataset(path, { ...RUN, keepIdle: true, dropWarmup: 5 });
    expect(dataset.experiments[0]!.treatment).toEqual({ keepIdle: true, dropWarmup: 5 });
    expect(describeDataset(dataset).experiments[0]!.signal).toMatchObject({
      dropped: 5,
      excluded: [{ reason: 'warm-up', ids: [1, 2, 3, 4, 5] }],
    });
    saveDataset(await importDataset(path, RUN), join(folder, 'out'));
    const again = await importDataset(join(folder, 'out'), { dropWarmup: 5, keepIdle: true });
    expect(again.hash).toBe(dataset.hash);
  });
});
