import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import {
  archiveHash,
  createRun,
  discardUncommitted,
  findProgram,
  freeRunDirectory,
  frontEntries,
  latestRun,
  openRun,
  programDetails,
  readState,
  recordTestAccess,
  type Run,
  runSummary,
  secondsOf,
} from '../../src/run/index.ts';
import type { RefittedEvent } from '../../src/search/index.ts';
import { builtChild } from '../built-child.ts';
import { folderForAll } from '../temporary-folder.ts';
import { withoutChecksums } from './old-log.ts';
import { bytes, continueToy, copyOf, hashOf, toyConfig } from './toy-run.ts';

const root = folderForAll();
let whole: Run;
const config = toyConfig({ generations: 13 });

beforeAll(async () => {
  whole = createRun(join(root, 'whole'), config);
  await continueToy(whole);
});

describe('a run', () => {
  it('is byte for byte the same for the same configuration, and holds no clock', async () => {
    const again = createRun(join(root, 'again'), config);
    await continueToy(again);
    for (const file of ['config', 'events', 'checkpoint'] as const) {
      expect(bytes(again.files[file])).toBe(bytes(whole.files[file]));
    }
  });

  it('reads back to the state that it ended with, with and without its checkpoint', async () => {
    const run = copyOf(whole);
    const state = readState(run);
    expect(state.log.bytes).toBe(statSync(run.files.events).size);
    rmSync(run.files.checkpoint);
    expect(archiveHash(readState(run).state)).toBe(archiveHash(state.state));
    expect(readState(run).state.credits).toEqual(state.state.credits);
    expect(readState(run).state.known).toEqual(state.state.known);
  });

  it('has nothing to do when it is continued after its end', async () => {
    const run = copyOf(whole);
    const { state } = await continueToy(run);
    expect(state.stopped).toBe('generations');
    expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
  });

  it('comes to the same end from a log cut off at any byte', async () => {
    const size = statSync(whole.files.events).size;
    const random = createRandom(5);
    for (const cut of [0, 1, size - 1, ...Array.from({ length: 3 }, () => random.integer(size))]) {
      const run = copyOf(whole);
      truncateSync(run.files.events, cut);
      rmSync(run.files.checkpoint);
      await continueToy(run);
      expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
      expect(hashOf(run)).toBe(hashOf(whole));
    }
  });

  it('leaves nothing in the log of what an interrupted process wrote, however long that was', async () => {
    const run = copyOf(whole);
    const committed = bytes(run.files.events).trimEnd().split('\n').slice(0, -1);
    const end = committed.findLastIndex((line) => line.startsWith('{"type":"generation"'));
    const tail = `{"type":"proposed","source":"${'x'.repeat(2 * statSync(whole.files.events).size)}`;
    writeFileSync(run.files.events, `${committed.slice(0, end + 1).join('\n')}\n${tail}`);
    rmSync(run.files.checkpoint);
    await continueToy(run);
    expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
  });

  it('refuses a log that is shorter than its checkpoint says, for a part of it is lost', () => {
    const run = copyOf(whole);
    truncateSync(run.files.events, 100);
    expect(() => readState(run)).toThrow(/events\.jsonl: 100 bytes long, but .*checkpoint\.json/);
  });

  it('names the file and the line of what is no event', () => {
    const run = copyOf(whole);
    rmSync(run.files.checkpoint);
    writeFileSync(run.files.events, `{"type":"banana"}\n${bytes(run.files.events)}`);
    expect(() => readState(run)).toThrow(/events\.jsonl:1: not an event/);
  });

  it('names the file and the line of an event that does not follow from those before it', () => {
    const run = copyOf(whole);
    rmSync(run.files.checkpoint);
    writeFileSync(
      run.files.events,
      `{"type":"rejected","sequence":7,"reason":"screen","detail":""}\n${withoutChecksums(bytes(run.files.events))}`,
    );
    expect(() => readState(run)).toThrow(/events\.jsonl:1: the event does not follow/);
  });

  it('leaves nothing behind when it is discarded before its first commit, and everything after', () => {
    const begun = createRun(join(root, 'begun'), config);
    discardUncommitted(begun);
    expect(existsSync(begun.directory)).toBe(false);
    const run = copyOf(whole);
    discardUncommitted(run);
    expect(hashOf(run)).toBe(hashOf(whole));
  });

  it('stores a checkpoint with the seeds, every tenth generation and at its end', async () => {
    const run = createRun(join(root, 'checkpoints'), config);
    const stored: number[] = [];
    let last = '';
    await continueToy(run, {
      onGeneration: ({ state: { generation } }) => {
        const now = bytes(run.files.checkpoint);
        if (now !== last) stored.push(generation);
        last = now;
      },
    });
    expect(stored).toEqual([0, 10]);
    expect(bytes(run.files.checkpoint)).not.toBe(last);
  });

  it('ignores a checkpoint that is damaged or of another log', async () => {
    for (const text of ['', '{"format":1', '{"format":1,"logBytes":10,"snapshot":{"generation":3}}']) {
      const run = copyOf(whole);
      writeFileSync(run.files.checkpoint, text);
      expect(hashOf(run)).toBe(hashOf(whole));
    }
  });

  it('stops after a generation on request and goes on later', async () => {
    const run = createRun(join(root, 'stopped'), config);
    const controller = new AbortController();
    const { state } = await continueToy(run, {
      signal: controller.signal,
      onGeneration: (generation) => {
        if (generation.state.generation === 4) controller.abort();
      },
    });
    expect(state.generation).toBe(4);
    await continueToy(run);
    expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
    expect(secondsOf(run)).toBeGreaterThan(0);
  });

  it('survives kill -9 at a random moment', async () => {
    const random = createRandom(9);
    const run = createRun(join(root, 'killed'), config);
    const script = builtChild(join(import.meta.dirname, 'child.ts'));
    for (const afterGeneration of [2, 8]) {
      await new Promise<void>((resolve) => {
        const child = spawn(process.execPath, [script, run.directory], { stdio: ['ignore', 'pipe', 'inherit'] });
        child.stdout.on('data', (data: Buffer) => {
          if (Number(data.toString().trim().split('\n').at(-1)) < afterGeneration) return;
          setTimeout(() => child.kill('SIGKILL'), random.integer(40));
        });
        child.on('exit', () => resolve());
      });
      expect(readState(run).state.generation).toBeGreaterThanOrEqual(afterGeneration);
    }
    expect(existsSync(run.files.lock)).toBe(true);
    await continueToy(run);
    expect(bytes(run.files.events)).toBe(bytes(whole.files.events));
    expect(hashOf(run)).toBe(hashOf(whole));
    expect(existsSync(run.files.lock)).toBe(false);
  });
});

describe('a run directory', () => {
  it('is never used twice', () => {
    expect(() => createRun(whole.directory, config)).toThrow(UserError);
    const base = mkdtempSync(join(root, 'names-'));
    const first = freeRunDirectory(base, config);
    expect(first).toBe(join(base, 'cycle-seed3'));
    createRun(first, config);
    expect(freeRunDirectory(base, config)).toBe(join(base, 'cycle-seed3-2'));
  });

  it('is found as the latest one below a root', () => {
    const base = mkdtempSync(join(root, 'latest-'));
    expect(() => latestRun(base)).toThrow(UserError);
    createRun(join(base, 'b'), config);
    expect(latestRun(base).name).toBe('b');
  });

  it('that was made at the same moment as others is the latest where its name comes last', () => {
    const base = mkdtempSync(join(root, 'latest-'));
    const made = (name: string, at: number): void => {
      const { files } = createRun(join(base, name), config);
      utimesSync(files.config, at, at);
    };
    made('b', 1000);
    made('c', 1000);
    made('a', 1000);
    expect(latestRun(base).name).toBe('c');
    made('0', 1001);
    expect(latestRun(base).name).toBe('0');
  });

  it.each([
    ['is missing', undefined, /no such directory/],
    ['has no configuration', null, /not a run directory/],
    ['has a configuration that is not JSON', '{"format":', /config\.json:1:11: not JSON/],
    ['has a configuration that lacks a setting', '{"format":1}', /config\.json:1: data: /],
    ['is of another format', JSON.stringify({ ...config, format: 99 }), /config\.json:1: format: /],
  ])('is refused where it %s', (_, text, message) => {
    const directory = join(root, 'refused');
    rmSync(directory, { recursive: true, force: true });
    if (text !== undefined) cpSync(whole.directory, directory, { recursive: true });
    if (text === null) rmSync(join(directory, 'config.json'));
    if (typeof text === 'string') writeFileSync(join(directory, 'config.json'), text);
    expect(() => openRun(directory)).toThrow(UserError);
    expect(() => openRun(directory)).toThrow(message);
  });

  it('is refused where a committed line of its log is damaged, with the place', () => {
    const run = copyOf(whole);
    rmSync(run.files.checkpoint);
    const text = bytes(run.files.events);
    const at = text.indexOf('\n') + 1;
    writeFileSync(run.files.events, `${text.slice(0, at)}x${text.slice(at + 1)}`);
    expect(() => readState(run)).toThrow(UserError);
    expect(() => readState(run)).toThrow('events.jsonl:2: not an event');
  });
});

describe('the lock', () => {
  it('keeps a second process out while one works', async () => {
    const run = createRun(join(root, 'locked'), toyConfig({ generations: 2 }));
    const working = continueToy(run);
    await expect(continueToy(run)).rejects.toThrow(/in use by process/);
    await working;
    expect(existsSync(run.files.lock)).toBe(false);
  });

  it.each([
    ['whose process is gone', (text: string) => text.replace(/"pid":\d+/, '"pid":99999999')],
    [
      'whose process number has passed to another process',
      (text: string) => text.replace(/"started":"\d*"/, '"started":"1"'),
    ],
    ['that was torn', () => '{"pid"'],
  ])('is taken over from one %s', async (_, change) => {
    const run = createRun(mkdtempSync(join(root, 'stale-')), toyConfig({ generations: 1 }));
    let held = '';
    await continueToy(run, { onStart: () => (held = bytes(run.files.lock)) });
    writeFileSync(run.files.lock, change(held));
    await continueToy(run);
    expect(existsSync(run.files.lock)).toBe(false);
  });
});

describe('what a run tells', () => {
  it('sums up to the figures of its state', () => {
    const { state } = readState(whole);
    const summary = runSummary('whole', config, state, 1.5);
    expect(summary).toMatchObject({ run: 'whole', seed: 3, target: 'cycle', generations: 13, seconds: 1.5 });
    expect(summary.proposed).toBe(
      summary.evaluated + Object.values(summary.rejected).reduce((sum, count) => sum + count, 0),
    );
    expect(summary.archiveHash).toMatch(/^[0-9a-f]{64}$/);
    expect(frontEntries(state).map(({ id }) => id)).toContain(summary.best?.id);
  });

  it('lists the front from small to large, each with a program that can be read', () => {
    const entries = frontEntries(readState(whole).state);
    const operations = entries.map((entry) => entry.operations);
    expect(operations).toEqual([...operations].sort((a, b) => a - b));
    for (const { source, error, mape } of entries) {
      expect(source).toContain('export function predictStepTime(batch, c)');
      expect(error).toBeCloseTo(mape, 9);
    }
  });

  it('finds a program by its id, by the beginning of it, and the default one', () => {
    const { state } = readState(whole);
    const { id } = state.archive.front[0] ?? { id: '' };
    expect(findProgram(whole, state, id).id).toBe(id);
    expect(findProgram(whole, state, id.slice(0, 6)).id).toBe(id);
    expect(findProgram(whole, state).id).toBe(runSummary('', config, state, 0).best?.id);
    expect(() => findProgram(whole, state, 'zzz')).toThrow(UserError);
    expect(() => findProgram(whole, state, '')).toThrow(/beginning of several/);
    const details = programDetails(findProgram(whole, state, id));
    expect(Object.keys(details.constantsByGroup)).toEqual(['all']);
    expect(details.experiments[0]?.id).toBe('toy');
  });

  it('notes every time that test rows are opened', () => {
    const run = copyOf(whole);
    recordTestAccess(run, { command: 'validate', program: 'a' });
    recordTestAccess(run, { command: 'leaderboard', program: 'b' });
    const lines = bytes(run.files.testAccess).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { command: 'validate', program: 'a' },
      { command: 'leaderboard', program: 'b' },
    ]);
  });

  it('finds a program that the archive has replaced', () => {
    const { state } = readState(whole);
    const kept = new Set([...state.archive.front, ...state.archive.islands.flat()].map((each) => each?.id));
    const evaluated = bytes(whole.files.events)
      .split('\n')
      .filter((line) => line.startsWith('{"type":"proposed"'))
      .map((line) => JSON.parse(line) as { id: string });
    const lost = evaluated.find(({ id }) => !kept.has(id));
    const found = findProgram(whole, state, lost?.id);
    expect(found.id).toBe(lost?.id);

    // It was fitted once more before it was replaced.
    const run = copyOf(whole);
    const evaluation = { ...found.evaluation, error: found.evaluation.error / 2 };
    const refitted: RefittedEvent = {
      type: 'refitted',
      generation: 13,
      programs: [{ id: found.id, evaluation }],
      failed: [],
    };
    const lines = withoutChecksums(bytes(run.files.events)).trimEnd().split('\n');
    writeFileSync(run.files.events, `${[...lines.slice(0, -1), JSON.stringify(refitted), lines.at(-1)].join('\n')}\n`);
    expect(findProgram(run, state, found.id).evaluation).toEqual(evaluation);
  });
});
