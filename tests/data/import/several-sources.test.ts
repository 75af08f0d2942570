import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTable, describeDataset, importDataset, loadDataset, saveDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { range, sampleCsv } from '../sample.ts';

const GENERAL = { tp: 4, workload: 'general' };

/** A table of one model and a log of another, on other hardware. */
function sources(): { readonly table: string; readonly log: string } {
  const folder = temporaryFolder();
  const table = join(folder, 'steps.csv');
  writeFileSync(table, sampleCsv(range(0, 40)));
  const log = join(folder, 'vllm.log');
  const lines = range(0, 30).map(
    (id) =>
      `Iteration(${id}): 0 context requests, 0 context tokens, ${1 + id} generation requests, ${1 + id} generation tokens, iteration elapsed time: ${8 + id}.00 ms`,
  );
  const start =
    "non-default args: {'model': 'mistralai/Mixtral-8x7B-v0.1', 'tensor_parallel_size': 2, 'max_num_seqs': 64}";
  writeFileSync(log, [start, ...lines].join('\n'));
  return { table, log };
}

function bytesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

describe('several sources', () => {
  it('are one dataset of mixed models, hardware and settings, with the features that all have', async () => {
    const { table, log } = sources();
    const first = await importDataset(table, { ...GENERAL, model: 'llama-2-70b', hardware: 'A100' });
    const folder = join(temporaryFolder(), 'first');
    saveDataset(first, folder);
    const both = await importDataset([folder, log], { hardware: 'H100' });
    expect(both.experiments.map(({ id, hardware, tp, settings }) => [id, hardware, tp, settings?.maxNumSeqs])).toEqual([
      ['llama-2-70b-tp4-general', 'A100', 4, undefined],
      ['mixtral-8x7b-v0-1-tp2-default', 'H100', 2, 64],
    ]);
    const rows = buildTable(both, { target: 'duration', splits: ['train', 'valid', 'test'] });
    expect(rows.experiments.map(({ modelKey }) => modelKey)).toEqual([
      'llama-2-70b-tp4-A100',
      'mixtral-8x7b-v0-1-tp2-H100',
    ]);
    expect(rows.y).toHaveLength(70);
    expect(rows.columns.every((column) => column.every(Number.isFinite))).toBe(true);
    expect(rows.features.map(({ name }) => name)).not.toContain('kvTokens');
    // The cycles of the one that has them; the other has no rows for that target.
    expect(buildTable(both, { target: 'cycle', splits: ['train'] }).y).toHaveLength(24);
    expect(describeDataset(both).unavailable?.map(({ name }) => name)).toContain('kvTokens');
    const again = await importDataset([log, folder], { hardware: 'H100' });
    expect(again.hash).toBe(both.hash);
  });

  it('are asked for what they lack, those that lack it alone', async () => {
    const { table, log } = sources();
    // The log says all but the hardware, the table takes a usual one.
    expect(await laterRefusalOf(() => importDataset([log, table], { model: 'llama-2-70b', tp: 4 }))).toMatchObject({
      code: 'data.missing-facts',
      place: { file: log },
      problem: 'the hardware is not known',
    });
  });

  it('give the same bytes when they are imported again, and are taken once where they are named twice', async () => {
    const { log } = sources();
    const options = { hardware: 'H100' };
    const folders = ['a', 'b'].map((name) => join(temporaryFolder(), name));
    for (const folder of folders) saveDataset(await importDataset(log, options), folder);
    expect(bytesOf(folders[0]!)).toEqual(bytesOf(folders[1]!));
    saveDataset(await importDataset([log, log], options), folders[1]!);
    expect(bytesOf(folders[0]!)).toEqual(bytesOf(folders[1]!));
    // A dataset and the source that it was made of are the same experiment.
    expect((await importDataset([folders[0]!, log], options)).hash).toBe((await loadDataset(folders[0]!)).hash);
  });
});

describe('a dataset that was not written to the end', () => {
  async function written(): Promise<string> {
    const { table } = sources();
    const folder = join(temporaryFolder(), 'set');
    saveDataset(await importDataset(table, { ...GENERAL, model: 'llama-2-70b' }), folder);
    return folder;
  }

  it('is not taken for its tables', async () => {
    const folder = await written();
    expect(await laterRefusalOf(() => importDataset(join(folder, 'steps.parquet'), { tp: 4 }))).toMatchObject({
      code: 'data.part-of-a-dataset',
      mend: 'Give the folder',
    });
    rmSync(join(folder, 'dataset.json'));
    for (const source of [folder, join(folder, 'steps.parquet')]) {
      expect(await laterRefusalOf(() => importDataset(source, { ...GENERAL, model: 'llama-2-70b' }))).toMatchObject({
        code: 'data.part-of-a-dataset',
        problem: 'it is a table of a dataset, whose dataset.json is not beside it',
      });
    }
    expect(await laterRefusalOf(() => loadDataset(folder))).toMatchObject({ code: 'data.not-a-dataset' });
  });

  it.each<[string, (folder: string) => void]>([
    ['its table', (folder) => rmSync(join(folder, 'steps.parquet'))],
    [
      'the end of its table',
      (folder) => {
        const path = join(folder, 'steps.parquet');
        writeFileSync(path, readFileSync(path).subarray(0, 3000));
      },
    ],
    [
      'the end of its document',
      (folder) => {
        const path = join(folder, 'dataset.json');
        writeFileSync(path, readFileSync(path).subarray(0, 200));
      },
    ],
  ])('is refused without %s', async (_, damage) => {
    const whole = await written();
    const folder = join(temporaryFolder(), 'copy');
    mkdirSync(folder);
    for (const name of readdirSync(whole)) copyFileSync(join(whole, name), join(folder, name));
    damage(folder);
    for (const open of [() => loadDataset(folder), () => importDataset(folder)]) {
      expect((await laterRefusalOf(open)).message).toContain(folder);
    }
  });
});
