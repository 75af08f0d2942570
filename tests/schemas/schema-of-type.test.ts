import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../tools/schemas/json-schema.ts';
import { schemaOfType } from '../../tools/schemas/schema-of-type.ts';
import { withTypes } from '../../tools/schemas/with-types.ts';

const FOLDER = resolve(import.meta.dirname, 'fixture');
const PROJECT = `${FOLDER}/tsconfig.json`;
const FILE = `${FOLDER}/types.ts`;

/** The schema of the type `Root` of a source text, definitions included. */
function schemaOf(text: string): JsonSchema {
  const files: Readonly<Record<string, string>> = {
    [PROJECT]: JSON.stringify({
      compilerOptions: { strict: true, exactOptionalPropertyTypes: true, lib: ['es2023'], types: [] },
      files: [FILE],
    }),
    [FILE]: text,
  };
  const fs = {
    readFile: (file: string) => files[file],
    fileExists: (file: string) => (file in files ? true : undefined),
  };
  return withTypes({ project: PROJECT, file: FILE, fs }, ({ checker, typeOf }) => {
    const { schema, $defs } = schemaOfType(checker, typeOf('Root'), 'Root');
    return Object.keys($defs).length === 0 ? schema : { ...schema, $defs };
  });
}

const described: readonly (readonly [what: string, type: string, schema: JsonSchema])[] = [
  ['text', 'string', { type: 'string' }],
  ['truth', 'boolean', { type: 'boolean' }],
  ['a number that may be missing', 'number | null', { type: ['number', 'null'] }],
  ['words', "'b' | 'a'", { enum: ['a', 'b'] }],
  ['one word', "'a'", { const: 'a' }],
  ['words or nothing', "'a' | 'b' | null", { anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] }],
  [
    'truth, a word or nothing',
    "boolean | 'a' | null",
    {
      anyOf: [{ const: 'a' }, { type: 'boolean' }, { type: 'null' }],
    },
  ],
  ['a list', 'readonly string[]', { type: 'array', items: { type: 'string' } }],
  [
    'a pair',
    'readonly [first: number, last: string]',
    {
      type: 'array',
      prefixItems: [{ type: 'number' }, { type: 'string' }],
      items: false,
      minItems: 2,
    },
  ],
  ['a table', 'Readonly<Record<string, number>>', { type: 'object', additionalProperties: { type: 'number' } }],
  [
    'a mapped type',
    "{ readonly [K in 'x' | 'y']: number }",
    {
      type: 'object',
      properties: { x: { type: 'number' }, y: { type: 'number' } },
      required: ['x', 'y'],
      additionalProperties: false,
    },
  ],
  [
    'what may be absent',
    '{ readonly a?: number | null }',
    {
      type: 'object',
      properties: { a: { type: ['number', 'null'] } },
      additionalProperties: false,
    },
  ],
  [
    'an intersection',
    '{ readonly a: string } & { readonly b: number }',
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  ],
  [
    'a choice of objects',
    '{ readonly a: string } | { readonly b: string }',
    {
      anyOf: ['a', 'b'].map((name) => ({
        type: 'object',
        properties: { [name]: { type: 'string' } },
        required: [name],
        additionalProperties: false,
      })),
    },
  ],
];

const refused: readonly (readonly [what: string, type: string, words: RegExp])[] = [
  ['a function', '{ readonly a: () => void }', /^Root\.a: .+ cannot be written as JSON/],
  ['a map', '{ readonly a: { readonly b: Map<string, number> } }', /^Root\.a\.b: a Map cannot be written as JSON/],
  ['typed numbers', '{ readonly a: Float64Array }', /^Root\.a: a Float64Array cannot be written as JSON/],
  ['a big integer', '{ readonly a: bigint }', /^Root\.a: bigint cannot be written as JSON/],
  ['anything', '{ readonly a: unknown }', /^Root\.a: unknown cannot be written as JSON/],
  ['a hole in a list', 'readonly (string | undefined)[]', /^Root\[\]: undefined cannot be written as JSON/],
  ['a tuple of any length', '[number, ...string[]]', /^Root: only tuples of a fixed length/],
];

describe('the schema of a type', () => {
  it.each(described)('describes %s', (_, type, schema) => {
    expect(schemaOf(`export type Root = ${type};`)).toEqual(schema);
  });

  it.each(refused)('refuses %s and says where it stands', (_, type, words) => {
    expect(() => schemaOf(`export type Root = ${type};`)).toThrow(words);
  });

  it('writes a named type once, inherited properties included, and takes doc comments as descriptions', () => {
    const schema = schemaOf(`
      interface Named {
        /** See {@link Root}. */
        readonly id: string;
      }
      /** A point,
       *  measured. */
      interface Point extends Named { readonly x: number }
      export interface Root {
        /** Where it begins. */
        readonly from: Point;
        readonly path: readonly Point[];
      }`);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        from: { description: 'Where it begins.', $ref: '#/$defs/Point' },
        path: { type: 'array', items: { $ref: '#/$defs/Point' } },
      },
      required: ['from', 'path'],
      additionalProperties: false,
      $defs: {
        Point: {
          description: 'A point, measured.',
          type: 'object',
          properties: { x: { type: 'number' }, id: { description: 'See Root.', type: 'string' } },
          required: ['x', 'id'],
          additionalProperties: false,
        },
      },
    });
  });

  it('describes a type that contains itself', () => {
    const schema = schemaOf('interface Tree { readonly kids: readonly Tree[] } export type Root = readonly Tree[];');
    expect(schema.$defs?.['Tree']?.properties).toEqual({ kids: { type: 'array', items: { $ref: '#/$defs/Tree' } } });
  });

  it('keeps instances of a generic type apart', () => {
    const schema = schemaOf(
      'interface Box<T> { readonly in: T } export type Root = readonly [Box<string>, Box<number>];',
    );
    expect(schema.$defs).toBeUndefined();
    expect(schema.prefixItems?.map(({ properties }) => properties?.['in'])).toEqual([
      { type: 'string' },
      { type: 'number' },
    ]);
  });

  it('refuses two types of one name', () => {
    const text = `
      interface Same { readonly a: string }
      namespace Other { export interface Same { readonly b: string } }
      export interface Root { readonly one: Same; readonly two: Other.Same }`;
    expect(() => schemaOf(text)).toThrow(/^Root\.two: two types are called Same/);
  });
});
