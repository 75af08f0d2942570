import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildFolderAtomically, type FolderKind } from '../../src/base/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { laterRefusalOf } from '../user-error.ts';

const KIND: FolderKind = {
  noun: 'thing',
  ownFiles: (folder) => (existsSync(join(folder, 'mark')) ? ['mark', 'a/one'] : undefined),
};

describe('a folder that is built file by file', () => {
  it('appears when all of it is written, with files that were open side by side', async () => {
    const target = join(temporaryFolder(), 'made');
    const built = await buildFolderAtomically(target, KIND, async (folder) => {
      const one = folder.open('a/one');
      const two = folder.open('b/c/two');
      one.write('1');
      two.write('ä');
      two.write(Uint8Array.of(10));
      one.write('x'.repeat(3_000_000));
      two.write('end');
      one.close();
      two.close();
      folder.write('mark', 'yes');
      expect(existsSync(target)).toBe(false);
      expect(folder.paths).toEqual(['a/one', 'b/c/two', 'mark']);
      return folder.bytes;
    });
    expect(built).toBe(1 + 3_000_000 + 2 + 1 + 3 + 3);
    expect(readFileSync(join(target, 'a/one'), 'utf8')).toBe(`1${'x'.repeat(3_000_000)}`);
    expect(readFileSync(join(target, 'b/c/two'), 'utf8')).toBe('ä\nend');
  });

  it('is not there, and nothing beside it, where building fails half-way', async () => {
    const parent = temporaryFolder();
    const building = buildFolderAtomically(join(parent, 'made'), KIND, async (folder) => {
      folder.open('half').write('written');
      throw new Error('stop');
    });
    await expect(building).rejects.toThrow('stop');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('replaces an earlier one of its kind, and that one stays where building fails', async () => {
    const target = join(temporaryFolder(), 'made');
    const make = (text: string): Promise<void> =>
      buildFolderAtomically(target, KIND, async (folder) => folder.write('mark', text));
    await make('first');
    await expect(
      buildFolderAtomically(target, KIND, async () => {
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(readFileSync(join(target, 'mark'), 'utf8')).toBe('first');
    await make('second');
    expect(readFileSync(join(target, 'mark'), 'utf8')).toBe('second');
  });

  it('refuses a folder with other things before anything is built', async () => {
    const target = temporaryFolder();
    writeFileSync(join(target, 'thesis.txt'), 'mine');
    let isBuilt = false;
    const error = await laterRefusalOf(() =>
      buildFolderAtomically(target, KIND, async () => {
        isBuilt = true;
      }),
    );
    expect(error.code).toBe('base.foreign-folder');
    expect(isBuilt).toBe(false);
    expect(readdirSync(target)).toEqual(['thesis.txt']);
  });

  it('names the file that cannot be made as it would have been called', async () => {
    const target = join(temporaryFolder(), 'made');
    const error = await laterRefusalOf(() =>
      buildFolderAtomically(target, KIND, async (folder) => {
        folder.write('a', '');
        folder.write('a/b', '');
      }),
    );
    expect(error.place.file).toBe(join(target, 'a/b'));
  });

  it('follows no half-written folder of another process', async () => {
    const parent = temporaryFolder();
    mkdirSync(join(parent, '.made-00000000-0000-0000-0000-000000000000'));
    await buildFolderAtomically(join(parent, 'made'), KIND, async (folder) => folder.write('mark', ''));
    expect(readdirSync(join(parent, 'made'))).toEqual(['mark']);
  });
});
