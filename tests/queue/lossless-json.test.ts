import fc from 'fast-check';
import { expect, it } from 'vitest';
import { losslessJson, parseLosslessJson } from '../../src/queue/lossless-json.ts';

it('keeps the bits of every number', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  })).value;
  fc.assert(
    fc.property(value, (data) => {
      expect(parseLosslessJson(losslessJson(data))).toEqual(data);
    }),
  );
  expect(parseLosslessJson(losslessJson([-0, Number.NaN, -Infinity]))).toEqual([-0, Number.NaN, -Infinity]);
});
