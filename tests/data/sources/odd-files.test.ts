import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { range, sampleCsv } from '../sample.ts';

const GENERAL = { model: 'llama-2-70b', tp: 4, workload: 'general' };

/** Neither a file nor a folder. */
async function socketIn(folder: string): Promise<string> {
  const path = join(folder, 'socket');
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  it('is refused where it is named', async () => {
    const socket = await socketIn(temporaryFolder());
    expect(await laterRefusalOf(() => importDataset(socket, GENERAL))).toMatchObject({
      code: 'data.not-a-file',
      problem: expect.stringContaining('neither a file nor a folder') as string,
    });
  });

  it('is left out of a folder', async () => {
    const folder = temporaryFolder();
    const socket = await socketIn(folder);
    writeFileSync(join(folder, 'steps.csv'), sampleCsv(range(0, 40)));
    const notes: string[] = [];
    const dataset = await importDataset(folder, { ...GENERAL, onNote: (line) => notes.push(line) });
    expect(dataset.experiments).toHaveLength(1);
    expect(notes).toEqual([`${socket}: left out, its content is of no known format`]);
  });

  it.skipIf(!existsSync('/proc/self/mem'))('is refused where the system cannot read it like a file', async () => {
    const { code } = await laterRefusalOf(() => importDataset('/proc/self/mem', GENERAL));
    expect(code).toMatch(/^base\./);
  });
});

describe('a file without content', () => {
  it('is said to be empty', async () => {
    const path = join(temporaryFolder(), 'traces.json');
    writeFileSync(path, '');
    expect(await laterRefusalOf(() => importDataset(path, GENERAL))).toMatchObject({
      code: 'data.unknown-format',
      problem: 'it is empty',
    });
  });
});

describe('a file that belongs to another one', () => {
  it('is refused by itself, with the name of that one', async () => {
    const folder = temporaryFolder();
    const record = { input_toks: 7, output_toks: 2, queued_ts: 1, last_token_ts: 2 };
    writeFileSync(join(folder, 'requests.jsonl'), JSON.stringify(record));
    const meta = join(folder, 'meta.json');
    writeFileSync(meta, '{"model":"m"}');
    expect(await laterRefusalOf(() => importDataset(meta, GENERAL))).toMatchObject({
      code: 'data.companion-alone',
      problem: `belongs to ${join(folder, 'requests.jsonl')}, and holds no records itself`,
    });
  });
});

describe('files that have nothing to do with a run', () => {
  it('are named where they are few, and counted where they are many', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'steps.csv'), sampleCsv(range(0, 40)));
    mkdirSync(join(folder, 'deep'));
    for (const at of range(0, 9)) writeFileSync(join(folder, 'deep', `note-${at}.txt`), 'hello');
    for (const at of range(0, 5)) writeFileSync(join(folder, `note-${at}.txt`), 'hello');
    const notes: string[] = [];
    await importDataset(folder, { ...GENERAL, onNote: (line) => notes.push(line) });
    expect(notes).toHaveLength(11);
    expect(notes[0]).toBe(`${join(folder, 'deep', 'note-0.txt')}: left out, its content is of no known format`);
    expect(notes[10]).toBe(`${folder}: 4 more files left out for the same reason`);
  });
});
