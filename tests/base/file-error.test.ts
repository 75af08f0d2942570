import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  appendToFile,
  fileError,
  GrowingFile,
  isRefusal,
  makeFolder,
  UserError,
  withFile,
  writeFileAtomically,
} from '../../src/base/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** An error as the system gives it for a descriptor: without a path. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused, write`), { code, errno: -1, syscall: 'write' });
}

describe('what the system refuses', () => {
  it.each([
    ['ENOSPC', 'base.no-space'],
    ['EDQUOT', 'base.no-space'],
    ['EFBIG', 'base.too-large'],
    ['EIO', 'base.device'],
    ['EMFILE', 'base.open-files'],
    ['ENFILE', 'base.open-files'],
    ['EROFS', 'base.read-only'],
    ['EACCES', 'base.no-access'],
    ['ENOENT', 'base.no-such-file'],
    ['EINVAL', 'base.device'],
    ['ESPIPE', 'base.device'],
  ])('%s is an error that names the file', (errno, code) => {
    const cause = systemError(errno);
    const refuse = (): never => {
      throw cause;
    };
    expect(isRefusal(cause)).toBe(true);
    expect(() => withFile('runs/a', refuse)).toThrow(UserError);
    expect(fileError(cause, 'runs/a')).toMatchObject({ code, place: { file: 'runs/a' }, details: { errno }, cause });
  });

  it('is told from a fault of the program, which stays as it is', () => {
    const bug = new TypeError('undefined is not a function');
    const refuse = (): never => {
      throw bug;
    };
    expect(isRefusal(bug)).toBe(false);
    expect(() => withFile('runs/a', refuse)).toThrow(bug);
  });

  it('is named once: what names its file already stays as it is', () => {
    const inner = fileError(systemError('ENOSPC'), 'inner');
    expect(fileError(inner, 'outer')).toBe(inner);
    expect(fileError(Object.assign(systemError('ENOENT'), { path: 'own' })).place).toEqual({ file: 'own' });
  });
});

describe.skipIf(!existsSync('/dev/full'))('a device without room', () => {
  it('is named where a text is replaced or added to', () => {
    const full = { code: 'base.no-space', place: { file: '/dev/full' } };
    expect(() => writeFileAtomically('/dev/full', 'x')).toThrow(expect.objectContaining(full));
    expect(() => appendToFile('/dev/full', 'x')).toThrow(expect.objectContaining(full));
    expect(existsSync('/dev/full.tmp')).toBe(false);
  });
});

describe('a file that cannot be written', () => {
  it('is named as it was given, and nothing is left beside it', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'gone', 'file');
    const missing = { code: 'base.no-such-file', place: { file: path } };
    expect(() => writeFileAtomically(path, 'x')).toThrow(expect.objectContaining(missing));
    expect(() => appendToFile(path, 'x')).toThrow(expect.objectContaining(missing));
    expect(() => new GrowingFile(path, 0)).toThrow(expect.objectContaining(missing));
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow(
      expect.objectContaining({ code: 'base.not-a-folder', place: { file: join(folder, 'file', 'below') } }),
    );
    expect(() => writeFileAtomically(folder, 'x')).toThrow(expect.objectContaining({ place: { file: folder } }));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(existsSync(`${folder}.tmp`)).toBe(false);
  });
});

describe('writing', () => {
  it('follows a link instead of replacing it', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    writeFileAtomically(join(folder, 'link'), 'new');
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it('adds to the end', () => {
    const path = join(temporaryFolder(), 'log');
    appendToFile(path, 'a\n');
    appendToFile(path, 'b\n');
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
  });
});

describe('a file that grows', () => {
  it('begins after what it is to keep', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, 'kept|half of a li');
    const file = new GrowingFile(path, 5);
    expect(readFileSync(path, 'utf8')).toBe('kept|');
    file.append('ä\n');
    file.append('b\n');
    expect(file.bytes).toBe(10);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('kept|ä\nb\n');
  });
});
