import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { importDataset } from '../../../src/data/index.ts';
import { architecture, STEP_COLUMNS } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { COLUMN_NAMES, range, sampleCsv, sampleRecord, sampleSteps } from '../sample.ts';

const OPTIONS = { model: 'llama-2-70b', tp: 4, workload: 'general' };

function without(...left: readonly (typeof COLUMN_NAMES)[number][]): typeof COLUMN_NAMES {
  return COLUMN_NAMES.filter((name) => !left.includes(name));
}

function csvFile(text: string, name = 'steps.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('importing a CSV file', () => {
  it('reads all columns and sorts by step id', async () => {
    const { experiments } = await importDataset(csvFile(sampleCsv([7, 2, 5])), OPTIONS);
    expect(experiments).toHaveLength(1);
    expect(experiments[0]).toMatchObject({
      id: 'llama-2-70b-tp4-general',
      model: 'llama-2-70b',
      workload: 'general',
      tp: 4,
      architecture: 'llama-2-70b',
      hardware: 'H100',
      blockSize: 16,
    });
    expect(experiments[0]!.steps).toEqual(sampleSteps([2, 5, 7]));
  });

  it("takes the project's own column names too", async () => {
    const lines = sampleCsv([1, 2]).split('\n');
    lines[0] = COLUMN_NAMES.join(',');
    const { experiments } = await importDataset(csvFile(lines.join('\n')), OPTIONS);
    expect(experiments[0]!.steps).toEqual(sampleSteps([1, 2]));
  });

  it('divides rows by the columns that say which run they belong to', async () => {
    const [header, ...rows] = sampleCsv([1, 2, 3]).trim().split('\n');
    const runs = [
      '20260101-000000-llama-2-7b-tp1-chat,,',
      'second,mixtral-8x7b-v0-1,2',
      '20260101-000000-llama-2-7b-tp1-chat,,',
    ];
    const text = [`experiment,model,tp,${header}`, ...rows.map((row, at) => `${runs[at]},${row}`)].join('\n');
    const { experiments } = await importDataset(csvFile(text));
    expect(
      experiments.map(({ id, model, tp, workload, steps }) => [id, model, tp, workload, steps!.stepId.length]),
    ).toEqual([
      ['20260101-000000-llama-2-7b-tp1-chat', 'llama-2-7b', 1, 'chat', 2],
      ['second', 'mixtral-8x7b-v0-1', 2, 'default', 1],
    ]);
  });

  it('takes the hardware of a row from a column too', async () => {
    const [header, ...rows] = sampleCsv([1, 2]).trim().split('\n');
    const text = [`experiment,hardware,${header}`, `a,H100,${rows[0]}`, `b,NVIDIA A100,${rows[1]}`].join('\n');
    const { experiments } = await importDataset(csvFile(text), OPTIONS);
    expect(experiments.map(({ hardware }) => hardware)).toEqual(['H100', 'A100']);
  });

  it('keeps labels as they are written', async () => {
    const [header, ...rows] = sampleCsv([1, 2, 3]).trim().split('\n');
    const text = [`experiment,${header}`, ...rows.map((row, at) => `${['01', '1', '1e5'][at]},${row}`)].join('\n');
    const { experiments } = await importDataset(csvFile(text), OPTIONS);
    expect(experiments.map(({ id }) => id)).toEqual(['01', '1', '1e5']);
  });

  it('refuses an option that its columns decide', async () => {
    const [header, ...rows] = sampleCsv([1, 2]).trim().split('\n');
    const path = csvFile([`model,${header}`, ...rows.map((row) => `llama-2-70b,${row}`)].join('\n'));
    await expect(importDataset(path, OPTIONS)).rejects.toThrow(/the model does not apply: the source says this itself/);
    const { model: _, ...rest } = OPTIONS;
    expect((await importDataset(path, rest)).experiments[0]).toMatchObject({ model: 'llama-2-70b', tp: 4 });
    // A row without the label takes it from the option.
    const some = csvFile([`model,${header}`, `mixtral-8x7b-v0-1,${rows[0]}`, `,${rows[1]}`].join('\n'));
    expect((await importDataset(some, OPTIONS)).experiments.map(({ model }) => model)).toEqual([
      'llama-2-70b',
      'mixtral-8x7b-v0-1',
    ]);
  });

  it('runs the model of the given configuration where nothing else names one', async () => {
    const tiny = { ...architecture('llama-2-7b'), name: 'tiny', id: 'tiny' };
    const { experiments } = await importDataset(csvFile(sampleCsv([1])), { tp: 1, architectures: [tiny] });
    expect(experiments[0]).toMatchObject({ model: 'tiny', architecture: 'tiny' });
  });

  it('keeps differences of wall-clock nanoseconds, which a double alone would lose', async () => {
    const at = { start: COLUMN_NAMES.indexOf('startNs'), end: COLUMN_NAMES.indexOf('endNs') };
    const lines = sampleCsv([1, 2]).trim().split('\n');
    const shifted = lines.slice(1).map((line, row) => {
      const cells = line.split(',');
      cells[at.start] = `176000000000000000${row * 7 + 1}`;
      cells[at.end] = `176000000000050000${row * 7 + 2}`;
      return cells.join(',');
    });
    const { experiments } = await importDataset(csvFile([lines[0], ...shifted].join('\n')), OPTIONS);
    expect([...experiments[0]!.steps!.startNs]).toEqual([0, 7]);
    expect([...experiments[0]!.steps!.endNs]).toEqual([500_001, 500_008]);
  });

  it('keeps one of two equal records and refuses two different ones with the same id', async () => {
    const twice = sampleCsv([1, 2, 2]);
    const { experiments } = await importDataset(csvFile(twice), OPTIONS);
    expect(experiments[0]!.steps!.stepId).toHaveLength(2);
    const lines = twice.trim().split('\n');
    lines[3] = lines[3]!.replace(/31054$/, '31053');
    await expect(importDataset(csvFile(lines.join('\n')), OPTIONS)).rejects.toThrow(
      /steps\.csv: two different records have the step id 2/,
    );
  });

  it.each([
    [
      'a missing column',
      sampleCsv([1], without('prefillTokens', 'scheduledTokens')),
      /steps\.csv: column `batch\.prefill_tokens` is missing \(columns: step\.id, step\.ts_start_ns,/,
    ],
    [
      'all that is missing at once',
      sampleCsv([1], ['stepId', 'decodeRequests', 'kvBlocksFree']),
      /steps\.csv: columns `batch\.prefill_tokens`, `batch\.decode_tokens`, `batch\.num_prefill_reqs` and a time \(`step\.duration_us` or `step\.ts_start_ns`\) are missing \(columns: step\.id, /,
    ],
    [
      'a cell that is no number',
      sampleCsv([1, 2]).replace('1000000000', 'x').replace('1040000000', 'soon'),
      /steps\.csv:3:2: column `step\.ts_start_ns`: "soon" is not/,
    ],
    ['an empty cell', sampleCsv([4, 5]).replace('\n4,', '\n,'), /steps\.csv:2:1: column `step\.id`: the cell is empty/],
    ['a negative number', sampleCsv([4]).replace('4,', '-4,'), /steps\.csv:2:1: .*-4 is not a non-negative number/],
    ['a line with too few cells', `${sampleCsv([1])}1,2,3\n`, /not CSV: .*line 3/],
    [
      'a column that is there twice',
      `step.id,${sampleCsv([1])}`.replace('\n1,', '\n1,1,'),
      /:1: column `step\.id` is there twice/,
    ],
    [
      'an id that is no integer',
      sampleCsv([1, 4]).replace('\n4,', '\n4.5,'),
      /steps\.csv:3:1: column `step\.id`: 4\.5 is not an integer/,
    ],
    [
      'a count that is no integer',
      sampleCsv([1]).replace(',31356,', ',31356.5,'),
      /steps\.csv:2:15: column `kv\.blocks_total_gpu`: 31356\.5 is not an integer/,
    ],
    [
      'a record with more free blocks than there are',
      sampleCsv([7, 1]).replace('31055', '31357'),
      /steps\.csv:3:16: column `kv\.blocks_free_gpu`: 31357 blocks are free of 31356/,
    ],
    ['no rows', sampleCsv([]), /steps\.csv: no rows in it/],
    ['no header', '', /steps\.csv: the file is empty/],
  ])('says where %s is', async (_, text, message) => {
    await expect(importDataset(csvFile(text), OPTIONS)).rejects.toThrow(message);
    await expect(importDataset(csvFile(text), OPTIONS)).rejects.toHaveProperty(
      'code',
      expect.stringMatching(/^data\./),
    );
  });

  it('asks for what neither the file nor the options say', async () => {
    const path = csvFile(sampleCsv([1]));
    await expect(importDataset(path, { tp: 4 })).rejects.toThrow(/steps\.csv: the model is not known$/);
    await expect(importDataset(path, { model: 'llama-2-7b' })).rejects.toThrow(/the tensor parallelism is not known$/);
    await expect(importDataset(path)).rejects.toThrow(/the model and the tensor parallelism are not known$/);
    await expect(importDataset(path, { ...OPTIONS, model: 'gpt-x' })).rejects.toThrow(/unknown model `gpt-x`/);
    await expect(importDataset(path, { ...OPTIONS, hardware: 'abacus' })).rejects.toThrow(/unknown hardware `abacus`/);
  });

  it('refuses other files and missing ones', async () => {
    await expect(importDataset('/nowhere/steps.csv')).rejects.toThrow('/nowhere/steps.csv: no such file or folder');
    await expect(importDataset(csvFile('hello', 'steps.txt'))).rejects.toThrow(
      /steps\.txt: its content is of no known format/,
    );
  });
});

function bytes(ids: readonly number[]): Buffer {
  return Buffer.from(
    parquetWriteBuffer({
      columnData: COLUMN_NAMES.map((name) =>
        name === 'kvUsageRatio'
          ? { name: STEP_COLUMNS[name], data: ids.map((id) => sampleRecord(id)[name]), type: 'DOUBLE' as const }
          : {
              name: STEP_COLUMNS[name],
              data: ids.map((id) => BigInt(sampleRecord(id)[name])),
              type: 'INT64' as const,
            },
      ),
    }),
  );
}

describe('importing a Parquet file', () => {
  it('reads 64-bit integers and doubles', async () => {
    const path = join(temporaryFolder(), '20260101-000000-llama-2-7b-tp1-chat.parquet');
    writeFileSync(path, bytes([4, 1, 9]));
    const { experiments } = await importDataset(path);
    expect(experiments[0]).toMatchObject({ id: '20260101-000000-llama-2-7b-tp1-chat', model: 'llama-2-7b', tp: 1 });
    expect(experiments[0]!.steps).toEqual(sampleSteps([1, 4, 9]));
  });

  it('says so where the file is cut off, wherever the cut is', async () => {
    const folder = temporaryFolder();
    const whole = bytes(range(0, 500));
    for (const length of [0, 3, 11, Math.floor(whole.length / 2), whole.length - 1]) {
      const path = join(folder, 'cut.parquet');
      writeFileSync(path, whole.subarray(0, length));
      await expect(importDataset(path, OPTIONS)).rejects.toThrow(/cut\.parquet: not a readable Parquet file/);
    }
    expect(readdirSync(folder)).toEqual(['cut.parquet']);
    expect(readFileSync(join(folder, 'cut.parquet'))).toHaveLength(whole.length - 1);
  });

  it('says so where a page in the middle is damaged', async () => {
    const path = join(temporaryFolder(), 'damaged.parquet');
    const damaged = bytes(range(0, 500)).fill(0xff, 40, 400);
    writeFileSync(path, damaged);
    await expect(importDataset(path, OPTIONS)).rejects.toHaveProperty('code', expect.stringMatching(/^data\./));
  });
});
