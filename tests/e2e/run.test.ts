import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { BIN, evolve, evolveJson, evolveKilledAt } from './evolve.ts';
import { saveSmallData } from './small-data.ts';

interface Summary {
  readonly run: string;
  readonly archiveHash: string;
  readonly proposed: number;
  readonly evaluated: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly best: { readonly id: string; readonly validationError: number };
}

const SHORT = ['run', '--generations', '3', '--children', '3', '--seed', '3', '--no-closed-loop', '--scope', 'global'];

/** Runs at one process, at two, and killed and resumed at one, which must come to the same bytes; answers the first. */
async function sameArchive(folder: string, args: readonly string[]): Promise<Summary> {
  const one = evolveJson<Summary>(folder, ...args, '--jobs', '1', '--out', 'one');
  const two = evolveJson<Summary>(folder, ...args, '--jobs', '2', '--out', 'two');
  expect(two.archiveHash).toBe(one.archiveHash);
  expect(readFileSync(join(folder, 'two/events.jsonl'))).toEqual(readFileSync(join(folder, 'one/events.jsonl')));

  const signal = await evolveKilledAt(folder, /generation 0\//, ...args, '--jobs', '1', '--out', 'killed');
  expect(signal).toBe('SIGKILL');
  const resumed = evolveJson<Summary>(folder, 'resume', 'killed');
  expect(resumed.archiveHash).toBe(one.archiveHash);
  expect(readFileSync(join(folder, 'killed/events.jsonl'))).toEqual(readFileSync(join(folder, 'one/events.jsonl')));
  return one;
}

describe('evolve run', () => {
  it('gives the same archive at one process and at two, and after a kill and a resume', {
    timeout: 180_000,
  }, async () => {
    const folder = temporaryFolder();
    const one = await sameArchive(folder, [...SHORT, '--data', await saveSmallData(folder)]);
    const rejections = Object.values(one.rejected).reduce((sum, count) => sum + count, 0);
    expect(one.evaluated + rejections).toBe(one.proposed);
  });

  it('gives the same archive on a request log, at one process and at two, and after a kill and a resume', {
    timeout: 120_000,
  }, async () => {
    const folder = temporaryFolder();
    saveDataset(withReplays(makeDataset('made up', [served(SERVER)])), join(folder, 'data'));
    const one = await sameArchive(folder, ['run', '--data', 'data', '--generations', '2', '--children', '2']);
    const { objective } = JSON.parse(readFileSync(join(folder, 'one/config.json'), 'utf8')) as { objective: string };
    expect(objective).toBe('replay');
    expect(one.best.validationError).toBeLessThan(5);

    // What the pick says of clients does not depend on how its run came about either.
    const [simulated, again] = ['one', 'killed'].map((run) => evolveJson<object>(folder, 'simulate', run));
    expect(again).toEqual(simulated);
  });

  it('reviews, validates and exports what a run found', { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const summary = evolveJson<Summary>(folder, ...SHORT, '--data', await saveSmallData(folder));
    const front = evolveJson<readonly { id: string; error: number; source: string }[]>(folder, 'frontier');
    expect(front.map(({ id }) => id)).toContain(summary.best.id);

    const first = front[0]!;
    const shown = evolveJson<Record<string, unknown>>(folder, 'show', first.id);
    // There the constants themselves, and not their number.
    const { constants: _, ...figures } = first as typeof first & { readonly constants: number };
    expect(shown).toMatchObject(figures);
    expect(shown['go']).toContain('func predictStepTime(');
    expect(Object.keys(shown['constantsByGroup'] as object)).toEqual(['all']);

    const validated = evolveJson<{ program: string; split: string; experiments: object[] }>(folder, 'validate');
    expect(validated).toMatchObject({ program: summary.best.id, split: 'test' });
    expect(validated.experiments).toHaveLength(2);
    const access = readFileSync(join(folder, 'runs', summary.run, 'test-access.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(access.map((line) => JSON.parse(line) as object)).toMatchObject([
      { command: 'validate', program: summary.best.id },
    ]);

    const exported = evolveJson<{ files: string[] }>(folder, 'export', '--go', 'out');
    for (const file of exported.files) expect(existsSync(join(folder, 'out', file))).toBe(true);
    expect(exported.files).toContain('go.mod');
  });
});

describe('bad input', () => {
  let cutParquet: Uint8Array;

  beforeAll(async () => {
    const data = await saveSmallData(folderForAll());
    cutParquet = readFileSync(join(data, 'steps.parquet')).subarray(0, 4000);
  }, 60_000);

  const refusals: readonly (readonly [what: string, args: readonly string[], code: number, words: RegExp])[] = [
    ['an unknown flag', ['run', '--generation', '3'], 2, /unknown option '--generation'/],
    ['an unknown command', ['fly'], 2, /unknown command 'fly'/],
    ['a number that is none', ['run', '--seed', 'abc'], 2, /whole number/],
    ['a missing dataset folder', ['run', '--data', 'nowhere'], 1, /nowhere/],
    ['a folder that is no dataset', ['run', '--data', 'empty'], 1, /not a dataset/],
    ['a missing source', ['data', 'import', 'nowhere', '--out', 'made'], 1, /nowhere: no such/],
    [
      'a truncated Parquet file',
      ['data', 'import', 'cut.parquet', '--model', 'llama-2-7b', '--tp', '1', '--workload', 'w', '--out', 'made'],
      1,
      /cut\.parquet/,
    ],
    [
      'a CSV file without a column',
      ['data', 'import', 'short.csv', '--model', 'llama-2-7b', '--tp', '1', '--workload', 'w', '--out', 'made'],
      1,
      /short\.csv.*`batch\.prefill_tokens`.*`batch\.num_decode_reqs`/,
    ],
    ['a run directory that is not one', ['frontier', 'empty'], 1, /not a run directory/],
    ['no run yet', ['frontier'], 1, /runs: no run/],
    ['a run directory that is a file', ['run', '--out', 'short.csv'], 1, /short\.csv: exists already/],
    ['a program that is none', ['show', 'nonsense!'], 1, /neither a run nor a program/],
  ];

  it.each(refusals)('%s gets one line with the mend', (_, args, code, words) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'short.csv'), 'step.id,step.duration_us\n1,2\n');
    writeFileSync(join(folder, 'cut.parquet'), cutParquet);

    const outcome = evolve(folder, ...args);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.stderr).toMatch(/^evolve: .+\. .+\.\n$/);
    expect(existsSync(join(folder, 'made'))).toBe(false);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('leaves no run behind where none of the seed programs can be evaluated', async () => {
    const folder = temporaryFolder();
    const outcome = evolve(folder, 'run', '--data', await saveSmallData(folder), '--max-operations', '1');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/evolve: no seed program could be evaluated \(caps: .+\. .+\.\n$/);
    expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  });

  it('refuses to start in a directory that has something in it', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/notes.txt'), 'keep me');
    const outcome = evolve(folder, ...SHORT, '--out', 'mine');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/mine: not empty/);
    expect(readFileSync(join(folder, 'mine/notes.txt'), 'utf8')).toBe('keep me');
  });
});

describe('a dataset folder', () => {
  it('is read whatever its name, and found again from another working directory', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    renameSync(await saveSmallData(folder), join(folder, 'all'));
    const { experiments } = evolveJson<{ experiments: { id: string }[] }>(folder, 'data', 'describe', 'all');
    expect(experiments).toHaveLength(2);
    const lines = [
      'step.id',
      'step.ts_start_ns',
      'step.ts_end_ns',
      'step.duration_us',
      'queue.running_depth',
      'queue.waiting_depth',
      'batch.num_prefill_reqs',
      'batch.num_decode_reqs',
      'batch.scheduled_tokens',
      'batch.prefill_tokens',
      'batch.decode_tokens',
      'batch.num_finished',
      'batch.num_preempted',
      'kv.usage_gpu_ratio',
      'kv.blocks_total_gpu',
      'kv.blocks_free_gpu',
    ];
    const rows = Array.from({ length: 200 }, (_, id) => {
      const decode = 5 + ((id * 7) % 40);
      const startNs = 20_000_000 * id + 1000 * ((id * 13) % 500);
      return [
        id,
        startNs,
        startNs + 500_000,
        500,
        decode,
        0,
        0,
        decode,
        decode,
        0,
        decode,
        id % 3,
        0,
        0.1,
        1000,
        1000 - decode,
      ];
    });
    writeFileSync(join(folder, 'steps.csv'), [lines, ...rows].map((cells) => cells.join(',')).join('\n'));
    evolveJson(
      folder,
      'data',
      'import',
      'steps.csv',
      '--model',
      'llama-2-7b',
      '--tp',
      '1',
      '--workload',
      'w',
      '--out',
      'demo',
    );
    const described = evolveJson<{ experiments: { rows: number }[] }>(folder, 'data', 'describe', 'demo');
    expect(described.experiments.map(({ rows: count }) => count)).toEqual([200]);

    evolveJson(folder, 'run', '--data', 'demo', '--generations', '1', '--children', '2', '--out', 'mine');
    const elsewhere = temporaryFolder();
    const validated = evolveJson<{ experiments: object[] }>(elsewhere, 'validate', join(folder, 'mine'));
    expect(validated.experiments).toHaveLength(1);
  });
});

describe('a reader that has seen enough', () => {
  it('ends a command without an error', async () => {
    const folder = temporaryFolder();
    await saveSmallData(folder);
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${BIN}" data describe small | head -n 1`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('evolve --help', () => {
  it('lists the commands and examples', () => {
    const { code, stdout } = evolve(temporaryFolder(), '--help');
    expect(code).toBe(0);
    for (const word of ['run', 'resume', 'frontier', 'show', 'validate', 'export', 'data', 'Examples:']) {
      expect(stdout).toContain(word);
    }
  });
});
