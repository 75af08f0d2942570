import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isolateFault } from '../../src/kernel/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { BIN } from './evolve.ts';

function evolveUnder(sandbox: string, folder: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, EVOLVE_SANDBOX: sandbox },
  });
}

const SHORT = ['run', '--generations', '2', '--children', '3', '--seed', '3', '--no-closed-loop', '--scope', 'global'];

describe('EVOLVE_SANDBOX', () => {
  it.skipIf(isolateFault() !== undefined)('changes no bit of a run', { timeout: 120_000 }, () => {
    const folder = temporaryFolder();
    const [isolate, child] = ['isolate', 'process'].map((sandbox) => {
      const { stdout, stderr } = evolveUnder(sandbox, folder, ...SHORT, '--json', '--out', sandbox);
      return { hash: (JSON.parse(stdout) as { archiveHash: string }).archiveHash, stderr };
    });
    expect(isolate?.stderr).toContain('with isolates');
    expect(child?.stderr).not.toContain('with isolates');
    expect(child?.hash).toBe(isolate?.hash);
  });

  it('is refused in one line where it names no sandbox', () => {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = evolveUnder('fortress', folder, ...SHORT, '--out', 'refused');
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/EVOLVE_SANDBOX.*fortress.*isolate or process/)]);
  });
});
