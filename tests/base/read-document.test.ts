import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { readJson, readYaml, UserError } from '../../src/base/index.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-document-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'document');
  writeFileSync(file, text);
  return file;
}

const KIND = {
  schema: z.strictObject({
    a: z.strictObject({ b: z.array(z.union([z.number(), z.strictObject({ c: z.number() })])) }),
  }),
  code: 'test.document',
  mend: 'mend it',
} as const;

function refusal(read: () => unknown): UserError {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('the document was not refused');
}

describe('a document that does not fit', () => {
  it.each([
    ['a value deep in it', '{\n "a": {\n  "b": [1,\n "x"]\n }\n}', 4, 'a.b.1'],
    ['a key that is missing, on the line of what lacks it', '{\n "a":\n  {"d": {"b": "a"}}\n}', 3, 'a.b'],
    ['keys that look alike', '{\n "b": {"a": 1},\n "a": {\n "b": 2}\n}', 4, 'a.b'],
    ['the top level', '\n[1]', 2, 'the top level'],
  ])('is refused with line and place: %s', (_, text, line, at) => {
    const file = fileWith(text);
    const { place, code, mend } = refusal(() => readJson(file, KIND));
    expect({ place, code, mend }).toEqual({ place: { file, line, at }, code: 'test.document', mend: 'mend it' });
  });

  it('is refused with line and place where it is YAML', () => {
    const file = fileWith('# a comment\na:\n  b:\n    - 1\n    - x\n');
    expect(refusal(() => readYaml(file, KIND)).place).toEqual({ file, line: 5, at: 'a.b.1' });
  });

  it('is refused where it is empty', () => {
    expect(refusal(() => readJson(fileWith(' \n'), KIND)).problem).toBe('the file is empty');
  });

  it('is refused with the place where it ends early', () => {
    const file = fileWith('{\n "a": {');
    expect(refusal(() => readJson(file, KIND)).place).toEqual({ file, line: 2, column: 8 });
  });
});
