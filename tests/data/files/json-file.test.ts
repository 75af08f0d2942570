import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { JsonCutter } from '../../../src/data/files/json-cutter.ts';
import { readJsonDocument, readJsonLines } from '../../../src/data/files/json-file.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';

const ANY = { schema: z.unknown(), code: 'data.wrong-thing', mend: 'Write it again' } as const;

function fileWith(text: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'a.json');
  writeFileSync(path, text);
  return path;
}

/** What is left of a text, given in pieces of a size. */
function cut(text: string, without: readonly string[] = [], size = text.length): readonly unknown[] {
  const cutter = new JsonCutter('a', without);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) cutter.push(bytes.subarray(at, at + Math.max(1, size)));
  cutter.end();
  return cutter.take().map((value) => JSON.parse(value.text) as unknown);
}

describe('JSON of a file', () => {
  it("takes Python's numbers that are none as null, and leaves strings alone", async () => {
    const path = fileWith('{"a": Infinity, "b": [-Infinity, NaN, -1, 2e-5], "c": "NaN -Infinity \\"NaN"}');
    expect(await readJsonDocument(path, ANY)).toEqual({ a: null, b: [null, null, -1, 2e-5], c: 'NaN -Infinity "NaN' });
  });

  it('is read one a line, over several lines, or without anything between', async () => {
    const path = fileWith('\uFEFF{"a":1}\n\n{\n"a":\n2}{"a":3}\n[4]');
    expect(await readJsonLines(path, ANY)).toEqual([
      { value: { a: 1 }, place: { file: path, line: 1 } },
      { value: { a: 2 }, place: { file: path, line: 3 } },
      { value: { a: 3 }, place: { file: path, line: 5 } },
      { value: [4], place: { file: path, line: 6 } },
    ]);
  });

  it('is unpacked', async () => {
    expect(await readJsonDocument(fileWith(gzipSync('{"a": 1}')), ANY)).toEqual({ a: 1 });
  });

  it('is read without the values that nobody wants', () => {
    const text =
      '{"a": {"x": ["]", {"y": "}"}], "b": 1}, "b": "\\"x\\": 1", "x" : "\\\\", "c": [{"x": -1}, {"x":true}]}';
    expect(cut(text, ['x'])).toEqual([{ a: { x: null, b: 1 }, b: '"x": 1', x: null, c: [{ x: null }, { x: null }] }]);
  });

  it('is the same however the bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 3 }), fc.nat(9), (values, size) => {
        const objects = values.map((value) => ({ key: value, drop: value, 'drop"': [value] }));
        const text = objects.map((object) => JSON.stringify(object)).join('\n');
        expect(cut(text, ['drop'], size)).toEqual(
          objects.map((object) => JSON.parse(JSON.stringify({ ...object, drop: null }, dropInside)) as unknown),
        );
      }),
    );
    function dropInside(key: string, value: unknown): unknown {
      return key === 'drop' ? null : value;
    }
  });

  it.each([
    ['a second line that is cut off', '{"a": 1}\n{"a": ', 2, 7],
    ['a document that begins in a line of another', '{"a": 1} {"a": [1 2]}', 1, 19],
    ['a wrong word', '\n{"a": Nothing}', 2, undefined],
  ])('says where %s is', async (_, text, line, column) => {
    const { place, code } = await laterRefusalOf(() => readJsonLines(fileWith(text), ANY));
    expect(code).toBe('data.wrong-thing');
    expect([place.line, place.column]).toEqual([line, column]);
  });

  it('has no columns where values were left out, but lines', async () => {
    const path = fileWith('{"x": "long",\n"y": ["\n"],\n"a": [1, 2, 3, 4 5]}');
    const { place } = await laterRefusalOf(() => readJsonLines(path, ANY, ['x', 'y']));
    expect([place.line, place.column]).toEqual([4, undefined]);
  });

  it('is refused where something follows the one document', async () => {
    const refusal = await laterRefusalOf(() => readJsonDocument(fileWith('{}\n{}'), ANY));
    expect(refusal.message).toMatch(/a\.json:1:3: something follows the document$/);
  });
});
