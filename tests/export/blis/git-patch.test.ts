import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitPatch } from '../../../src/export/blis/git-patch.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { run } from '../toolchain.ts';

/** What `git apply` makes of a patch in a folder with these files. */
function applied(before: Readonly<Record<string, string>>, patch: string): string {
  const dir = temporaryFolder();
  for (const [name, text] of Object.entries(before)) writeFileSync(join(dir, name), text);
  writeFileSync(join(dir, 'own.patch'), patch);
  expect(run('git', ['apply', 'own.patch'], dir)).toEqual({ ok: true, output: '' });
  return dir;
}

describe('gitPatch', () => {
  it('changes a file where git finds the change, also at its ends', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    const before = `${lines.join('\n')}\n`;
    const after = `first\n${lines.with(20, 'changed').join('\n')}\nlast\n`;
    const dir = applied({ 'a.txt': before }, gitPatch([{ path: 'a.txt', before, after }], []));
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe(after);
  });

  it('keeps a last line that does not end', () => {
    const [before, after] = ['one\ntwo', 'one\nthree'];
    const dir = applied({ 'a.txt': before }, gitPatch([{ path: 'a.txt', before, after }], []));
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe(after);
  });

  it('adds files in new folders, texts and others, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.lorem({ maxCount: 9 }), (bytes, text) => {
        const patch = gitPatch(
          [],
          [
            { path: 'b/data.bin', content: bytes },
            { path: 'b/text.txt', content: `${text}\n` },
          ],
        );
        const dir = applied({}, patch);
        expect(new Uint8Array(readFileSync(join(dir, 'b/data.bin')))).toEqual(bytes);
        expect(readFileSync(join(dir, 'b/text.txt'), 'utf8')).toBe(`${text}\n`);
      }),
      { numRuns: 8 },
    );
  });
});
