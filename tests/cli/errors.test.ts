import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileError, UserError } from '../../src/base/index.ts';
import { describeError, describeUsage } from '../../src/cli/errors.ts';
import { MENDED_CODES, mendOf } from '../../src/cli/mends.ts';
import { wholeNumber } from '../../src/cli/options.ts';
import { demoDataset, importDataset, saveDataset } from '../../src/data/index.ts';
import { createProvider, parseModels } from '../../src/llm/index.ts';
import { architecture } from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { laterRefusalOf } from '../user-error.ts';

describe('an error in one line', () => {
  it('says place, problem and mend, as sentences', () => {
    const error = new UserError({
      code: 'data.wrong-cell',
      place: { file: 'a.csv', line: 3 },
      problem: 'a cell\n  is wrong',
      mend: 'correct the cell.',
    });
    expect(describeError(error)).toBe('a.csv:3: a cell is wrong. Correct the cell.');
  });

  it('is what the system refuses, wherever it happened and with or without a path', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const line = 'no space is left on the device. Free some space, or name another place.';
    expect(describeError(full)).toBe(line);
    expect(describeError(Object.assign(full, { path: 'runs/a' }))).toBe(`runs/a: ${line}`);
    expect(describeError(fileError(full, 'runs/b'))).toBe(`runs/b: ${line}`);
  });

  it('is a part of the installation that is gone', () => {
    const error = Object.assign(new Error("Cannot find package 'yaml'"), { code: 'ERR_MODULE_NOT_FOUND' });
    expect(describeError(error)).toBe("Cannot find package 'yaml'. Install the package again.");
  });

  it('keeps the stack of a fault of the program', () => {
    expect(describeError(new TypeError('x is undefined'))).toMatch(
      /^internal error: TypeError: x is undefined\n\s+at /,
    );
    expect(describeError('odd')).toBe('internal error: odd');
  });

  it('is a complaint of the parser of the command line', () => {
    expect(describeUsage("error: unknown option '--x'")).toBe(
      "unknown option '--x'. See `evolve --help` or `evolve COMMAND --help`.",
    );
  });
});

describe('a mend at the command line', () => {
  it.each<[what: string, action: () => unknown, below: string, words: string]>([
    ['no command', () => createProvider({ name: 'command', stream: true }, {}), 'name one', '--command'],
    [
      'no key',
      () => createProvider({ name: 'openai', stream: true }, {}),
      'name the address of a server',
      'set it: export OPENAI_API_KEY=…; or name a server that needs none with --base-url',
    ],
    ['no model', () => parseModels(''), 'a:3,b:1', '--model a:3,b:1'],
    ['an unknown model', () => architecture('gpt-x'), 'config.json', '--model-config FILE'],
    [
      'an option that changes nothing',
      async () => {
        const folder = join(temporaryFolder(), 'set');
        saveDataset(await demoDataset(), folder);
        return importDataset(folder, { tp: 2 });
      },
      'Leave it out',
      'leave out --tp',
    ],
  ])('names the flag for %s, and the rooms below do not', async (_, action, below, words) => {
    const error = await laterRefusalOf(action);
    expect(error.mend).toContain(below);
    expect(`${error.message} ${error.mend}`).not.toContain('--');
    expect(mendOf(error)).toContain(words);
  });

  it('is the one of the error itself where the command line knows nothing better', () => {
    const error = new UserError({ code: 'data.not-csv', problem: 'not CSV', mend: 'Give CSV' });
    expect(mendOf(error)).toBe('Give CSV');
  });

  it('is another than that of the error for every code of the table', () => {
    for (const code of MENDED_CODES) {
      const error = new UserError({ code: code as UserError['code'], problem: 'p', mend: 'Leave it out' });
      expect(mendOf(error)).not.toBe(error.mend);
    }
  });
});

describe('a number on the command line', () => {
  it('has a least and a most value, and says which', () => {
    expect(wholeNumber(1, 9)('9')).toBe(9);
    expect(() => wholeNumber(1, 9)('10')).toThrow('Give a whole number of at most 9.');
    expect(() => wholeNumber(1)('0')).toThrow('Give a whole number of at least 1.');
  });
});
