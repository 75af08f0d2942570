import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { BIN, evolve, evolveJson, type Outcome } from './evolve.ts';
import { startEvolve } from './processes.ts';
import { saveSmallData } from './small-data.ts';

const SMALL = folderForAll();
beforeAll(() => saveSmallData(SMALL));

const FEW = '--children 4 --seed 3 --no-closed-loop --scope global --jobs 1'.split(' ');
const RUN = ['run', '--data', join(SMALL, 'small'), ...FEW, '--generations', '6'];

interface Summary {
  readonly archiveHash: string;
  readonly generations: number;
}

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', ...args], { stdio: 'ignore' }).status === 0;
}

/** Whether this process may make a small disk; root outside a container may. */
const CAN_MOUNT = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-disk-'));
  const isMounted = mount('-o', 'size=64k', 'tmpfs', folder);
  if (isMounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return isMounted;
})();
const HAS_SHELL = process.platform !== 'win32';

/** Runs a command under a limit of the shell, e.g. `-f 100`: no file larger than 100 blocks of 512 bytes. */
function evolveLimited(cwd: string, limit: string, ...args: readonly string[]): Outcome {
  const script = `ulimit ${limit} && exec "$0" "$@"`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, BIN, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** The last line on stderr, after the progress. */
function lastLine({ stderr }: Outcome): string {
  return stderr.trimEnd().split('\n').at(-1)!;
}

function committed(folder: string): number {
  return readFileSync(join(folder, 'events.jsonl'), 'utf8').match(/^\{"type":"generation"/gm)?.length ?? 0;
}

describe('a run for which there is no room', { timeout: 240_000 }, () => {
  let whole: Summary;
  let logBytes: number;

  beforeAll(() => {
    const folder = folderForAll();
    whole = evolveJson<Summary>(folder, ...RUN, '--out', 'whole');
    logBytes = statSync(join(folder, 'whole/events.jsonl')).size;
  }, 240_000);

  it.skipIf(!CAN_MOUNT)(
    'ends in one line on a full disk, keeps what is committed, and goes on when there is room',
    () => {
      const disk = temporaryFolder();
      const size = `size=${Math.round(0.7 * logBytes)}`;
      expect(mount('-o', size, 'tmpfs', disk)).toBe(true);
      onTestFinished(() => {
        spawnSync('umount', [disk]);
      });
      const full = evolve(disk, ...RUN, '--out', 'run');
      expect(full.code).toBe(1);
      expect(lastLine(full)).toBe(
        'evolve: run/events.jsonl: no space is left on the device. Free some space, or name another place.',
      );
      const kept = committed(join(disk, 'run'));
      expect(kept).toBeGreaterThan(0);
      expect(existsSync(join(disk, 'run/lock'))).toBe(false);

      expect(evolve(disk, 'resume', 'run').code).toBe(1);
      expect(committed(join(disk, 'run'))).toBe(kept);

      expect(mount('-o', 'remount,size=16m', 'tmpfs', disk)).toBe(true);
      expect(evolveJson<Summary>(disk, 'resume', 'run').archiveHash).toBe(whole.archiveHash);
    },
  );

  it.skipIf(!HAS_SHELL)('ends in one line where a file may grow no more', () => {
    const folder = temporaryFolder();
    const limited = evolveLimited(folder, `-f ${Math.round(logBytes / 2 / 512)}`, ...RUN, '--out', 'run');
    expect(limited.code).toBe(1);
    expect(lastLine(limited)).toMatch(/^evolve: run\/events\.jsonl: the file would grow larger than .+\. Raise .+\.$/);
    expect(committed(join(folder, 'run'))).toBeGreaterThan(0);
    expect(evolveJson<Summary>(folder, 'resume', 'run').archiveHash).toBe(whole.archiveHash);
  });
});

describe('output that cannot be written', () => {
  it.skipIf(!existsSync('/dev/full'))('is told in one line, and is a failure', () => {
    const folder = temporaryFolder();
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" data describe > /dev/full`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'evolve: standard output: no space is left on the device. Free some space, or name another place.\n',
    );
  });

  it('names the place of a report that has none', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    evolveJson(folder, ...RUN.map((word) => (word === '6' ? '1' : word)), '--out', 'run');
    const outcome = evolve(folder, 'report', 'run', '--out', 'taken');
    expect(outcome.code).toBe(1);
    expect(lastLine(outcome)).toMatch(/^evolve: taken: is a folder where a file is expected\. .+\.$/);
  });
});

describe('a run that is stopped by a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s ends after the generation with %i, and can be resumed',
    { timeout: 120_000 },
    async (signal, code) => {
      const folder = temporaryFolder();
      const run = startEvolve(folder, ...RUN.map((word) => (word === '6' ? '5000' : word)), '--out', 'run');
      await run.seen(/generation \d+\//);
      run.stop(signal);
      await run.seen(/stopping after this generation/);
      expect(await run.ended()).toBe(code);
      expect(committed(join(folder, 'run'))).toBeGreaterThan(0);
      expect(existsSync(join(folder, 'run/lock'))).toBe(false);
    },
  );
});
