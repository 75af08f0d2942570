import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DocumentKind, readJson, readJsonIfAny, readYaml } from '../../src/base/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { refusalOf } from '../user-error.ts';

const NOTE: DocumentKind<{ readonly rows: readonly { readonly tp: number }[] }> = {
  schema: z.object({ rows: z.array(z.object({ tp: z.number() })) }),
  code: 'base.not-a-note',
  mend: 'Write a note',
};

function fileWith(text: string | Uint8Array): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'note'), text);
  return join(folder, 'note');
}

/** What is wrong, the text, the place below the file, and what the error says. */
type Bad = readonly [what: string, text: string, place: object, problem: RegExp];

const BAD_JSON: readonly Bad[] = [
  ['empty', '', {}, /^the file is empty$/],
  ['only white space', ' \n\t\n', {}, /^the file is empty$/],
  ['cut off', '{\n  "rows": [{"tp":', { line: 2, column: 18 }, /^not JSON: Unexpected end of JSON input$/],
  ['other text', 'rows: none', {}, /^not JSON: Unexpected token 'r'$/],
  [
    'wrong within lines that the parser quotes',
    '{\n  "first": "some text",\n  "rows": ,\n  "last": "some more text"\n}',
    {},
    /^not JSON: Unexpected token ','$/,
  ],
  ['cut off within a name', '{"ro', { line: 1 }, /^not JSON: \S/],
  [
    'two documents',
    '{"rows":[]}\n{"rows":[]}',
    { line: 2, column: 1 },
    /^not JSON: Unexpected non-whitespace character after JSON$/,
  ],
  ['null', 'null', { at: 'the top level' }, /expected object, received null/],
  ['a list', '[]', { at: 'the top level' }, /expected object, received array/],
  ['a number', '7', { at: 'the top level' }, /expected object, received number/],
  ['a document without a key', '{}', { at: 'rows' }, /expected array, received undefined/],
  ['a wrong type deep inside', '{"rows":[{"tp":1},{"tp":"2"}]}', { at: 'rows.1.tp' }, /expected number/],
  ['binary', '\u0000\u0001PAR1', {}, /^not JSON: \S/],
];

describe('a JSON file', () => {
  it('is read and checked, with or without a byte-order mark', () => {
    expect(readJson(fileWith('{"rows":[{"tp":1}]}'), NOTE)).toEqual({ rows: [{ tp: 1 }] });
    expect(readJson(fileWith('\uFEFF{"rows":[]}\n'), NOTE)).toEqual({ rows: [] });
  });

  it.each(BAD_JSON)('that is %s is refused by file, place and mend, in one line', (_, text, place, problem) => {
    const file = fileWith(text);
    const error = refusalOf(() => readJson(file, NOTE));
    expect(error).toMatchObject({ code: NOTE.code, mend: NOTE.mend, place: { file, ...place } });
    expect(error.problem).toMatch(problem);
    expect(error.message).not.toContain('\n');
    expect(readJsonIfAny(file, NOTE.schema)).toBeUndefined();
  });

  it('that cannot be read says what the system says', () => {
    const file = fileWith('{}');
    const folder = join(file, '..');
    mkdirSync(join(folder, 'inner'));
    expect(refusalOf(() => readJson(join(folder, 'gone'), NOTE))).toMatchObject({
      code: 'base.no-such-file',
      place: { file: join(folder, 'gone') },
      details: { errno: 'ENOENT' },
    });
    expect(refusalOf(() => readJson(join(folder, 'inner'), NOTE)).code).toBe('base.not-a-file');
    expect(refusalOf(() => readJson(join(file, 'below'), NOTE)).code).toBe('base.not-a-folder');
    expect(readJsonIfAny(join(folder, 'gone'), NOTE.schema)).toBeUndefined();
  });
});

const BAD_YAML: readonly Bad[] = [
  ['empty', '\n', {}, /^the file is empty$/],
  ['broken', 'rows:\n  - tp: [1\n', { line: 3, column: 1 }, /^not YAML: \S/],
  ['a bare word', 'rows', { at: 'the top level' }, /expected object, received string/],
  ['wrong inside', 'rows:\n  - tp: two\n', { at: 'rows.0.tp' }, /expected number, received string/],
];

describe('a YAML file', () => {
  it('is read and checked', () => {
    expect(readYaml(fileWith('# a note\nrows:\n  - tp: 2\n'), NOTE)).toEqual({ rows: [{ tp: 2 }] });
  });

  it.each(BAD_YAML)('that is %s is refused by file, place and mend', (_, text, place, problem) => {
    const file = fileWith(text);
    const error = refusalOf(() => readYaml(file, NOTE));
    expect(error).toMatchObject({ code: NOTE.code, mend: NOTE.mend, place: { file, ...place } });
    expect(error.problem).toMatch(problem);
    expect(error.message).not.toContain('\n');
  });
});

describe('the line of what does not fit', () => {
  const nested: DocumentKind<unknown> = {
    schema: z.strictObject({
      a: z.strictObject({ b: z.array(z.union([z.number(), z.strictObject({ c: z.number() })])) }),
    }),
    code: 'base.not-nested',
    mend: 'Mend it',
  };

  it.each([
    ['of a value deep in a document', '{\n "a": {\n  "b": [1,\n "x"]\n }\n}', 4, 'a.b.1'],
    ['of what lacks a key', '{\n "a":\n  {"d": {"b": "a"}}\n}', 3, 'a.b'],
    ['among keys that look alike', '{\n "b": {"a": 1},\n "a": {\n "b": 2}\n}', 4, 'a.b'],
    ['of the top level', '\n[1]', 2, 'the top level'],
  ])('is that %s', (_, text, line, at) => {
    const file = fileWith(text);
    expect(refusalOf(() => readJson(file, nested)).place).toEqual({ file, line, at });
    expect(refusalOf(() => readYaml(file, nested)).place).toEqual({ file, line, at });
  });
});
