import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/index.ts';

describe('canonical JSON', () => {
  it('is the same for equal data in whatever order its keys were set, at every depth', () => {
    const one = { b: [{ y: 1, x: 2 }, null], a: { d: 'text', c: 1.5 }, Z: true };
    const other = { Z: true, a: { c: 1.5, d: 'text' }, b: [{ x: 2, y: 1 }, null] };
    expect(canonicalJson(other)).toBe(canonicalJson(one));
    expect(canonicalJson(one)).toBe('{"Z":true,"a":{"c":1.5,"d":"text"},"b":[{"x":2,"y":1},null]}');
  });

  it('keeps the order of arrays', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });
});
