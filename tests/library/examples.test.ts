import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

/** Runs an example as a user does, from another folder, and gives back what it prints. */
function output(name: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(EXAMPLES, name), ...args], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}

describe('the examples', { timeout: 240_000 }, () => {
  it('own-table finds the law behind a table of rows', () => {
    const text = output('own-table.mjs');
    expect(text).toMatch(/return c\.\w+ \* batch\.area \* batch\.speed \*\* 2;/);
    expect(numberIn(text, /^\{ \w+: ([\d.]+) \}/m)).toBeCloseTo(0.61, 2);
    expect(numberIn(text, / 3 +2 +([\d.]+)/)).toBeLessThan(1);
  });

  it('rescore-kept scores a kept program on data that it has not seen', () => {
    const text = output('rescore-kept.mjs');
    expect(text).toContain('validation rows of 16 experiments');
    const kept = numberIn(text, /kept constants +([\d.]+) %/);
    const anew = numberIn(text, /fitted anew +([\d.]+) %/);
    expect(kept).toBeLessThan(4);
    expect(Math.abs(kept - anew)).toBeLessThan(1);
    expect(text.match(/^ {2}\S+ +[\d.]+ %$/gm)).toHaveLength(3);
  });

  it('own-operator searches with an operator of its own beside the built-in one', () => {
    const runs = temporaryFolder();
    const text = output('own-operator.mjs', runs);
    expect(readdirSync(runs)).toEqual(['cycle-seed3']);
    expect(text).toMatch(/^generation 3: \d+ on the front$/m);
    for (const name of ['grammar', 'swap-feature']) {
      expect(numberIn(text, new RegExp(`^${name} +\\d+ proposed, (\\d+) new`, 'm'))).toBeGreaterThan(0);
    }
  });

  it('are all tested here', () => {
    expect(readdirSync(EXAMPLES).filter((file) => file.endsWith('.mjs'))).toEqual([
      'own-operator.mjs',
      'own-table.mjs',
      'rescore-kept.mjs',
    ]);
  });
});
