import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FolderKind, writeFileAtomically, writeFolderAtomically } from '../../src/base/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A kind of folder that is known by its file `mark`. */
const NOTES: FolderKind = {
  noun: 'note',
  ownFiles: (folder) => (readdirSync(folder).includes('mark') ? ['mark', 'a/b'] : undefined),
};
const FILES = [
  { path: 'mark', content: 'new' },
  { path: 'a/b', content: new Uint8Array([104, 105]) },
];

describe('a file', () => {
  it('is replaced as a whole, with nothing left beside it', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileAtomically(path, 'one');
    writeFileAtomically(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('a folder', () => {
  it('is made with the folders above it, and replaced when it is of the same kind', () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'deep', 'set');
    writeFolderAtomically(folder, [{ path: 'mark', content: 'old' }], NOTES);
    writeFolderAtomically(folder, FILES, NOTES);
    expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('new');
    expect(readFileSync(join(folder, 'a', 'b'), 'utf8')).toBe('hi');
    expect(readdirSync(join(parent, 'deep'))).toEqual(['set']);
  });

  it('is written where a link leads', () => {
    const parent = temporaryFolder();
    mkdirSync(join(parent, 'real'));
    symlinkSync(join(parent, 'real'), join(parent, 'link'));
    writeFolderAtomically(join(parent, 'link'), FILES, NOTES);
    expect(readFileSync(join(parent, 'real', 'mark'), 'utf8')).toBe('new');
  });

  it('stays as it was where it is of another kind, holds other files, or the new one cannot be written', () => {
    const folder = temporaryFolder();
    const write =
      (files: Parameters<typeof writeFolderAtomically>[1] = FILES) =>
      () =>
        writeFolderAtomically(folder, files, NOTES);
    mkdirSync(join(folder, 'c'));
    writeFileSync(join(folder, 'c', 'd'), 'mine');
    expect(write()).toThrow(/is not empty and holds no earlier note/);
    writeFileSync(join(folder, 'mark'), 'old');
    expect(write()).toThrow(/holds c\/d, which is no part of the earlier note/);
    rmSync(join(folder, 'c'), { recursive: true });
    const impossible = [...FILES, { path: 'mark/below', content: 'a file is no folder' }];
    expect(write(impossible)).toThrow(/exists already and is not a folder/);
    expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('old');
    expect(readdirSync(join(folder, '..')).filter((name) => name.includes(`${folder.split('/').at(-1)}-`))).toEqual([]);
  });
});
