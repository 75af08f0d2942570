import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN } from './evolve.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const WINDOWS = process.platform === 'win32';

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

function packedFiles(): readonly string[] {
  const json = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: WINDOWS,
  });
  // npm 12 answers an object with the package's name as its key.
  const [packed] = Object.values(JSON.parse(json) as Readonly<Record<string, Packed>>);
  return (packed?.files ?? []).map(({ path }) => path);
}

/** Folders that a run reads from beside the code. */
const DATA = ['assets', 'hardware', 'models', 'prices', 'prompts', 'seeds'];

describe('the package', () => {
  const files = packedFiles();

  it('holds the code and every file that a run reads', () => {
    expect(files).toEqual(
      expect.arrayContaining(['bin/evolve.js', 'dist/index.js', 'dist/index.d.ts', 'LICENSE', 'README.md']),
    );
    expect(files).toContain('dist/evaluate/worker.js');
    for (const folder of DATA) {
      const there = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
        .filter((file) => statSync(join(ROOT, file)).isFile());
      expect(files.filter((file) => file.startsWith(`${folder}/`)).sort()).toEqual(there.sort());
    }
  });

  it('holds nothing else', () => {
    const known =
      /^(bin|dist|examples|schemas|assets|hardware|models|prices|prompts|seeds)\/|^(CHANGELOG|README)\.md$|^LICENSE$|^package\.json$/;
    expect(files.filter((file) => !known.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
  });

  it('says its own version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(spawnSync(process.execPath, [BIN, '--version'], { encoding: 'utf8' }).stdout.trim()).toBe(version);
  });
});
