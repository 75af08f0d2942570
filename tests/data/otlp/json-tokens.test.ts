import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenJson, JsonTokens, type TokenSink } from '../../../src/data/otlp/json-tokens.ts';

/** Builds the documents that tokens are of. */
class Builder implements TokenSink {
  readonly tokens: JsonTokens = new JsonTokens(this);
  readonly documents: unknown[] = [];
  readonly #open: (unknown[] | Record<string, unknown>)[] = [];
  #key = '';

  open(isObject: boolean): void {
    const value = isObject ? {} : [];
    this.#add(value);
    this.#open.push(value);
  }

  close(): void {
    this.#open.pop();
  }

  key(start: number, end: number): void {
    this.#key = this.#read(start - 1, end + 1) as string;
  }

  text(start: number, end: number): void {
    this.#add(start === end ? '' : this.#read(start - 1, end + 1));
  }

  literal(start: number, end: number): void {
    this.#add(this.#read(start, end));
  }

  #read(start: number, end: number): unknown {
    return JSON.parse(Buffer.from(this.tokens.bytes.slice(start, end)).toString('utf8'));
  }

  #add(value: unknown): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.documents.push(value);
    else if (Array.isArray(parent)) parent.push(value);
    else Object.defineProperty(parent, this.#key, { value, enumerable: true, configurable: true, writable: true });
  }
}

function documentsOf(text: string, part = 7): readonly unknown[] {
  const builder = new Builder();
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += part) builder.tokens.push(bytes.subarray(at, at + part));
  builder.tokens.end();
  return builder.documents;
}

const compound = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));

describe('tokens of JSON', () => {
  it('are those of the documents, pretty or not, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(compound),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 2),
        (documents, part, space) => {
          const text = documents.map((document) => JSON.stringify(document, undefined, space)).join('\n');
          expect(documentsOf(text, part)).toEqual(
            JSON.parse(`[${documents.map((each) => JSON.stringify(each)).join(',')}]`),
          );
        },
      ),
    );
  });

  it('are refused where a character is missing and JSON does not allow it', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '{', ']', ',', ' ') });
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        plain,
        fc.integer(),
        fc.constantFrom(true, false, null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any')),
      object: fc.dictionary(plain, tie('any')),
    }));
    fc.assert(
      fc.property(value.object, fc.nat(), (document, nat) => {
        const text = JSON.stringify(document);
        const at = nat % text.length;
        const broken = text.slice(0, at) + text.slice(at + 1);
        let isJson = true;
        try {
          isJson = typeof JSON.parse(broken) === 'object';
        } catch {
          isJson = broken.trim() === '';
        }
        if (isJson) expect(() => documentsOf(broken)).not.toThrow();
        else expect(() => documentsOf(broken)).toThrow(BrokenJson);
      }),
      { numRuns: 500 },
    );
  });

  it('pass over a text of any length, in constant memory', () => {
    const long = '\\"{'.repeat(100_000);
    for (const part of [1 << 20, 65_537, 3001]) {
      expect(documentsOf(`{"a":"${long}","b":[1,"${long}\\\\"],"c":2}`, part)).toEqual([
        part > 200_000
          ? { a: long.replaceAll('\\"', '"'), b: [1, `${long.replaceAll('\\"', '"')}\\`], c: 2 }
          : { a: '', b: [1, ''], c: 2 },
      ]);
    }
  });

  it.each([
    ['{"a":1}\n{"a":', 2, /ends within/],
    ['{"a":[}', 1, /brackets do not match/],
    ['{"a":1,}', 1, /`}` is not expected here/],
    ['{"a":01}', 1, /`01` is not JSON here/],
    ['{"a":nul}', 1, /`nul` is not JSON here/],
    ['{"a"}', 1, /`}` is not expected here/],
    ['{}\n\n"text"', 3, /no JSON document begins here/],
    ['{}\n12 ', 2, /no JSON document begins here/],
    ['[1\u0001]', 1, /binary/],
    ['['.repeat(600), 1, /too deep/],
  ])('name the line of what is wrong in %j', (text, line, words) => {
    expect(() => documentsOf(text)).toThrow(words);
    expect(() => documentsOf(text)).toThrow(expect.objectContaining({ line }));
  });
});
