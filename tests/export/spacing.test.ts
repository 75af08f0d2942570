import { sample } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spacedBody, spacedLine } from '../../src/export/go/spacing.ts';
import { printGo } from '../../src/program/index.ts';
import { arbitraryProgram } from '../program/arbitrary.ts';
import { gofmt, goVersion } from './toolchain.ts';

describe('spacing of Go expressions', () => {
  it.each([
    ['x := a + b * c', 'x := a + b*c'],
    ['x := (a + b) * c', 'x := (a + b) * c'],
    ['x := a * b / c', 'x := a * b / c'],
    ['x := f(a + b, c * d)', 'x := f(a+b, c*d)'],
    ['x := f(a + b * c)', 'x := f(a + b*c)'],
    ['x = a - -b', 'x = a - -b'],
    ['if a + b <= c * d && !(e < f) {', 'if a+b <= c*d && !(e < f) {'],
    ['x := 1e-7 * (a - 2.5e+21)', 'x := 1e-7 * (a - 2.5e+21)'],
    ['\tx = y / math.Max(p.tp, 1.0 + a * b)', '\tx = y / math.Max(p.tp, 1.0+a*b)'],
    ['}', '}'],
    ['prefillRequests++', 'prefillRequests++'],
  ])('%s', (line, expected) => {
    expect(spacedLine(line)).toBe(expected);
  });

  it('refuses what generated code does not have', () => {
    expect(() => spacedLine('x := a % b')).toThrow('unexpected Go');
    expect(() => spacedLine('x := a b')).toThrow('unexpected Go');
  });

  it.skipIf(goVersion === undefined)('is what gofmt makes of random programs', () => {
    const programs = sample(arbitraryProgram({ features: ['f', 'g'], constants: ['k'], steps: 30 }), {
      seed: 1,
      numRuns: 400,
    });
    const functions = programs.map(({ graph }, i) => {
      const { statements, results } = spacedBody(
        printGo(graph, { feature: { f: 'f', g: 'm.g' }, constant: { k: 'c.k' } }),
      );
      const lines = [...statements, `return ${results[0]}`].map((line) => `\t${line}\n`);
      return `\nfunc p${i}(f float64) float64 {\n${lines.join('')}}\n`;
    });
    const text = `package p\n${functions.join('')}`;
    expect(gofmt(text)).toBe(text);
  });
});
