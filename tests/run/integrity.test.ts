import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { createRun, openRun, readState, type Run } from '../../src/run/index.ts';
import { folderForAll } from '../temporary-folder.ts';
import { refusalOf } from '../user-error.ts';
import { withoutChecksums } from './old-log.ts';
import { bytes, continueToy, copyOf, hashOf, toyConfig } from './toy-run.ts';

const root = folderForAll();
let whole: Run;
let other: Run;
const config = toyConfig({ generations: 11 });

beforeAll(async () => {
  whole = createRun(join(root, 'whole'), config);
  await continueToy(whole);
  other = createRun(join(root, 'other'), toyConfig({ generations: 11, seed: 4 }));
  await continueToy(other);
});

function edit(path: string, change: (text: string) => string): void {
  const text = bytes(path);
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
}

/** The error with which a run is refused, whoever reads it first. */
function refusal(directory: string): UserError {
  return refusalOf(() => readState(openRun(directory)));
}

/** Line numbers of the generations' ends, in order. */
function commitLines(run: Run): readonly number[] {
  return bytes(run.files.events)
    .split('\n')
    .flatMap((line, i) => (line.startsWith('{"type":"generation"') ? [i + 1] : []));
}

function otherDigit(digit: string): string {
  return String((Number(digit) + 1) % 10);
}

describe('a log', () => {
  it('carries a checksum of all of it in each line that ends a generation', () => {
    const checksums = [...bytes(whole.files.events).matchAll(/^\{"type":"generation".*,"checksum":"(\w+)"\}$/gm)];
    expect(checksums).toHaveLength(12);
    expect(new Set(checksums.map(([, checksum]) => checksum)).size).toBe(12);
    expect(checksums.every(([, checksum]) => checksum?.length === 64)).toBe(true);
  });

  it.each([true, false])('is refused with any digit of it flipped, checkpoint there: %s', (hasCheckpoint) => {
    const text = bytes(whole.files.events);
    const ends = commitLines(whole);
    const random = createRandom(17);
    const digits = [...text.matchAll(/\d/g)];
    for (let trial = 0; trial < 40; trial++) {
      const { index, 0: digit } = random.pick(digits);
      const run = copyOf(whole);
      if (!hasCheckpoint) rmSync(run.files.checkpoint);
      writeFileSync(run.files.events, `${text.slice(0, index)}${otherDigit(digit)}${text.slice(index + 1)}`);
      const line = text.slice(0, index).split('\n').length;
      const { message, mend } = refusal(run.directory);
      const place = /events\.jsonl:(\d+): /.exec(message)?.[1];
      expect([line, ends.find((end) => end >= line)].map(String), message).toContain(place);
      expect(mend).toMatch(/restore/);
    }
  });

  it('says which lines were changed, and how many of them are still good', () => {
    const [first = 0, second = 0] = commitLines(whole).slice(3);
    const run = copyOf(whole);
    edit(run.files.events, (text) => {
      const lines = text.split('\n');
      lines[first + 1] = lines[first + 1]?.replace(/"sequence":\d/, '"sequence":9') ?? '';
      return lines.join('\n');
    });
    const { message, mend } = refusal(run.directory);
    expect(message).toBe(
      `${run.files.events}:${second}: the checksum does not fit lines ${first + 1} to ${second}: they were changed after they were written`,
    );
    expect(mend).toContain(`keep its first ${first} lines`);
  });

  it('comes to its end from the lines that are still good, as the mend says', async () => {
    const [, , good = 0] = commitLines(whole);
    const run = copyOf(whole);
    edit(run.files.events, (text) => `${text.split('\n').slice(0, good).join('\n')}\n`);
    rmSync(run.files.checkpoint);
    await continueToy(run);
    expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
  });

  it.each([
    ['a line taken out', (lines: string[]) => lines.toSpliced(1, 1)],
    ['a line put twice', (lines: string[]) => lines.toSpliced(1, 0, lines[1] ?? '')],
    [
      'a generation taken out',
      (lines: string[], ends: readonly number[]) => lines.toSpliced(ends[1] ?? 0, (ends[2] ?? 0) - (ends[1] ?? 0)),
    ],
  ])('is refused with %s', (_, change) => {
    const run = copyOf(whole);
    rmSync(run.files.checkpoint);
    edit(run.files.events, (text) => `${change(text.trimEnd().split('\n'), commitLines(whole)).join('\n')}\n`);
    expect(refusal(run.directory).message).toMatch(/events\.jsonl:\d+: the checksum does not fit lines/);
  });

  it('is refused where its checksums cease', () => {
    const run = copyOf(whole);
    const [, , third = 0] = commitLines(whole);
    rmSync(run.files.checkpoint);
    edit(run.files.events, (text) => {
      const lines = text.split('\n');
      lines[third - 1] = lines[third - 1]?.replace(/,"checksum":"\w+"/, '') ?? '';
      return lines.join('\n');
    });
    expect(refusal(run.directory).message).toContain(
      `events.jsonl:${third}: has no checksum, but generations before it`,
    );
  });

  it('is refused where the end of a generation is not as it is written', () => {
    const run = copyOf(whole);
    edit(run.files.events, (text) =>
      text.replace('{"type":"generation","generation":0', '{"type": "generation", "generation": 0'),
    );
    const [first] = commitLines(whole);
    expect(refusal(run.directory).message).toContain(`events.jsonl:${first}: not the end of a generation`);
  });
});

describe('a configuration', () => {
  it.each([
    ['an edited seed', (text: string) => text.replace('"seed": 3', '"seed": 5')],
    ['an edited setting', (text: string) => text.replace('"patience": 200', '"patience": 201')],
    ['an edited seed program', (text: string) => text.replace('batch.tokens', 'batch.requests')],
    ['the configuration of another run', () => bytes(other.files.config)],
  ])('is refused beside a log that was written with another one: %s', (_, change) => {
    const run = copyOf(whole);
    edit(run.files.config, change);
    const [first] = commitLines(whole);
    const { message, mend } = refusal(run.directory);
    expect(message).toBe(
      `${run.files.events}:${first}: the checksum does not fit lines 1 to ${first} and ${run.files.config}: one of the two files was changed, or is of another run`,
    );
    expect(mend).toMatch(/restore both files from the same copy/);
  });

  it('may be written in another way, and data and replies may move', () => {
    const run = copyOf(whole);
    edit(run.files.config, (text) =>
      JSON.stringify({ ...(JSON.parse(text) as object), data: { hash: '0', source: 'moved/toy' } }),
    );
    expect(hashOf(openRun(run.directory))).toBe(hashOf(whole));
  });
});

describe('a checkpoint', () => {
  it('of another log is refused, also where that log is of the same length', () => {
    const run = copyOf(whole);
    writeFileSync(run.files.checkpoint, bytes(other.files.checkpoint));
    writeFileSync(run.files.events, bytes(whole.files.events) + ' '.repeat(1 << 20));
    const { message, mend } = refusal(run.directory);
    expect(message).toMatch(
      /checkpoint\.json:1: of another log: its checksum is not that of .*events\.jsonl up to line \d+/,
    );
    expect(mend).toMatch(/remove .*checkpoint\.json/);
    rmSync(run.files.checkpoint);
    expect(hashOf(run)).toBe(hashOf(whole));
  });

  it('is left alone where it was changed or is of a version without checksums: the log tells the state', () => {
    for (const change of [
      (text: string) => text.replace(/"error":\d/, '"error":9'),
      (text: string) => text.replace(/"logBytes":\d/, '"logBytes":9'),
      (text: string) => text.replace(/,"checksum":"\w+"\}\n$/, '}\n'),
    ]) {
      const run = copyOf(whole);
      edit(run.files.checkpoint, change);
      expect(hashOf(run)).toBe(hashOf(whole));
    }
  });
});

describe('a log of a version without checksums', () => {
  const old = (): Run => {
    const run = copyOf(whole);
    edit(run.files.events, withoutChecksums);
    rmSync(run.files.checkpoint);
    return run;
  };

  it('opens, and has nothing to do after its end', async () => {
    const run = old();
    expect(hashOf(run)).toBe(hashOf(whole));
    const before = bytes(run.files.events);
    await continueToy(run);
    expect(bytes(run.files.events)).toBe(before);
  });

  it('goes on to the same end; from then on checksums cover all of it', async () => {
    const run = old();
    const [, , , , fifth = 0] = commitLines(whole);
    edit(run.files.events, (text) => `${text.split('\n').slice(0, fifth).join('\n')}\n`);
    await continueToy(run);
    expect(hashOf(run)).toBe(hashOf(whole));
    expect(withoutChecksums(bytes(run.files.events))).toBe(withoutChecksums(bytes(whole.files.events)));
    expect(bytes(run.files.events).match(/"checksum"/g)).toHaveLength(7);

    edit(run.files.events, (text) => text.replace(/"sequence":0/, '"sequence":1'));
    expect(refusal(run.directory).message).toMatch(/events\.jsonl:\d+: the checksum does not fit lines 1 to \d+ and /);
  });
});
