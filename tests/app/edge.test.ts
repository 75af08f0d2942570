import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const APP = resolve(import.meta.dirname, '../../src/app');

it('app takes keys, folders and signals as parameters, and prints nothing', () => {
  const offences = readdirSync(APP).flatMap((file) =>
    readFileSync(join(APP, file), 'utf8')
      .split('\n')
      .map((line, at) => `${file}:${at + 1}: ${line.trim()}`)
      .filter((line) => !/^\S+ (\/\/|\*|\/\*)/.test(line) && /\b(process|console)\./.test(line)),
  );
  expect(offences).toEqual([]);
});
