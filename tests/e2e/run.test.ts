import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evolve, evolveJson, evolveKilledAt, temporaryFolder } from './evolve.ts';

interface Summary {
  readonly run: string;
  readonly archiveHash: string;
  readonly proposed: number;
  readonly evaluated: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly best: { readonly id: string; readonly validationError: number };
}

const SHORT = ['run', '--generations', '6', '--children', '4', '--seed', '3', '--scope', 'global'];

describe('evolve run', () => {
  it('gives the same archive at one process and at two, and after a kill and a resume', {
    timeout: 180_000,
  }, async () => {
    const folder = temporaryFolder();
    const one = evolveJson<Summary>(folder, ...SHORT, '--jobs', '1', '--out', 'one');
    const two = evolveJson<Summary>(folder, ...SHORT, '--jobs', '2', '--out', 'two');
    expect(two.archiveHash).toBe(one.archiveHash);
    expect(readFileSync(join(folder, 'two/events.jsonl'))).toEqual(readFileSync(join(folder, 'one/events.jsonl')));

    const signal = await evolveKilledAt(folder, /generation 0\//, ...SHORT, '--jobs', '1', '--out', 'killed');
    expect(signal).toBe('SIGKILL');
    const resumed = evolveJson<Summary>(folder, 'resume', 'killed');
    expect(resumed.archiveHash).toBe(one.archiveHash);
    expect(readFileSync(join(folder, 'killed/events.jsonl'))).toEqual(readFileSync(join(folder, 'one/events.jsonl')));

    const rejections = Object.values(one.rejected).reduce((sum, count) => sum + count, 0);
    expect(one.evaluated + rejections).toBe(one.proposed);
  });

  it('reviews, validates and exports what a run found', { timeout: 180_000 }, () => {
    const folder = temporaryFolder();
    const summary = evolveJson<Summary>(folder, ...SHORT);
    const front = evolveJson<readonly { id: string; error: number; source: string }[]>(folder, 'frontier');
    expect(front.map(({ id }) => id)).toContain(summary.best.id);

    const first = front[0]!;
    const shown = evolveJson<Record<string, unknown>>(folder, 'show', first.id);
    expect(shown).toMatchObject(first);
    expect(shown['go']).toContain('func predictStepTime(');
    expect(Object.keys(shown['constantsByGroup'] as object)).toEqual(['all']);

    const validated = evolveJson<{ program: string; split: string; experiments: object[] }>(folder, 'validate');
    expect(validated).toMatchObject({ program: summary.best.id, split: 'test' });
    expect(validated.experiments).toHaveLength(16);
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

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'evolve-e2e-'));
    evolveJson(folder, 'data', 'demo', '--out', 'demo');
    cutParquet = readFileSync(join(folder, 'demo/steps.parquet')).subarray(0, 4000);
    rmSync(folder, { recursive: true });
  });

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
      /short\.csv.*step\.ts_start_ns|short\.csv.*startNs/,
    ],
    ['a run directory that is not one', ['frontier', 'empty'], 1, /not a run directory/],
    ['no run yet', ['frontier'], 1, /runs: no run/],
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

describe('evolve --help', () => {
  it('lists the commands and examples', () => {
    const { code, stdout } = evolve(temporaryFolder(), '--help');
    expect(code).toBe(0);
    for (const word of ['run', 'resume', 'frontier', 'show', 'validate', 'export', 'data', 'Examples:']) {
      expect(stdout).toContain(word);
    }
  });
});
