import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const APP = resolve(import.meta.dirname, '../../src/app');

/** Programs of child processes speak to their parent. */
const PROGRAMS = /-process\.ts$/;

/** Lines of the room that match, comments left out. */
function linesWith(pattern: RegExp): readonly string[] {
  return readdirSync(APP)
    .filter((file) => !PROGRAMS.test(file))
    .flatMap((file) =>
      readFileSync(join(APP, file), 'utf8')
        .split('\n')
        .flatMap((text, at) => {
          const line = text.trim();
          return !/^(\/\/|\*|\/\*)/.test(line) && pattern.test(line) ? [`${file}:${at + 1}: ${line}`] : [];
        }),
    );
}

it('app names no flag and no command: only the command line knows them', () => {
  expect(linesWith(/--[a-z]|\bevolve [a-z]/)).toEqual([]);
});

it('app takes keys, folders and signals as parameters, and prints nothing', () => {
  expect(linesWith(/\b(process|console)\./)).toEqual([]);
});
