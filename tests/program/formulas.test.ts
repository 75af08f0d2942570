import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { OP_NAMES, parseProgram, printLatex, printMathml, type Program } from '../../src/program/index.ts';

function program(value: string, constants = '{ a: 2, b: 3 }'): Program {
  const parsed = parseProgram(
    `export const constants = ${constants};\nexport function predictStepTime(batch, c) {\n  return ${value};\n}`,
  );
  if (parsed.ok) return parsed.program;
  throw new Error(parsed.diagnostics[0]?.message);
}

function lastLine(value: string): string {
  return printLatex(program(value))
    .trim()
    .split('\n')
    .at(-2)!
    .trim()
    .replace(/^t &= /, '');
}

describe('a formula as LaTeX', () => {
  it.each([
    ['c.a + batch.x', '\\mathit{a} + \\mathrm{x}'],
    ['c.a - (c.b - batch.x)', '\\mathit{a} - \\left( \\mathit{b} - \\mathrm{x} \\right)'],
    ['c.a * (c.b + batch.x)', '\\mathit{a} \\cdot \\left( \\mathit{b} + \\mathrm{x} \\right)'],
    ['(c.a + batch.x) / c.b', '\\frac{\\mathit{a} + \\mathrm{x}}{\\mathit{b}}'],
    ['(c.a + batch.x) ** 2', '{\\left( \\mathit{a} + \\mathrm{x} \\right)}^{2}'],
    ['(c.a / batch.x) ** 2', '{\\left( \\frac{\\mathit{a}}{\\mathrm{x}} \\right)}^{2}'],
    ['-batch.x * c.a', '\\left( - \\mathrm{x} \\right) \\cdot \\mathit{a}'],
    ['Math.max(batch.x, c.a)', '\\operatorname{max}\\left( \\mathrm{x}, \\mathit{a} \\right)'],
    ['Math.hypot(batch.x, c.a)', '\\sqrt{{\\mathrm{x}}^{2} + {\\mathit{a}}^{2}}'],
    ['Math.cbrt(batch.x)', '\\sqrt[3]{\\mathrm{x}}'],
    ['Math.exp(batch.x)', '{e}^{\\mathrm{x}}'],
    ['c.a * Math.expm1(batch.x)', '\\mathit{a} \\cdot \\left( {e}^{\\mathrm{x}} - 1 \\right)'],
    ['Math.log1p(batch.x)', '\\operatorname{ln}\\left( 1 + \\mathrm{x} \\right)'],
    ['Math.log2(batch.x)', '\\operatorname{log}_{2}\\left( \\mathrm{x} \\right)'],
    ['Math.floor(batch.x)', '\\left\\lfloor \\mathrm{x} \\right\\rfloor'],
    ['Math.abs(batch.x)', '\\left| \\mathrm{x} \\right|'],
    ['batch.x_y', '\\mathrm{x\\_y}'],
    [
      'batch.x >= c.a ? c.b : 1',
      '\\begin{cases} \\mathit{b} & \\text{if } \\mathrm{x} \\ge \\mathit{a} \\\\ 1 & \\text{otherwise} \\end{cases}',
    ],
  ])('%s', (value, latex) => {
    expect(lastLine(value)).toBe(latex);
  });

  it('names what is used twice', () => {
    expect(printLatex(program('Math.max(batch.x + c.a, 1) * (batch.x + c.a)'))).toContain(
      't_{1} &= \\mathrm{x} + \\mathit{a} \\\\\n',
    );
  });

  it('has brackets and braces in pairs', () => {
    const text = printLatex(
      program('(batch.x > c.a ? Math.sqrt(batch.x) : c.b / (1 + batch.x)) * Math.tanh(c.a - batch.y)'),
    );
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    expect(count(/\\left/g)).toBe(count(/\\right/g));
    expect(count(/(?<!\\)\{/g)).toBe(count(/(?<!\\)\}/g));
    expect(count(/\\begin/g)).toBe(count(/\\end/g));
  });
});

describe('a formula as MathML', () => {
  const values = [
    '(batch.x > c.a && !(batch.y < c.b) ? Math.sqrt(batch.x) : c.b / (1 + batch.x)) * Math.tanh(c.a - batch.y)',
    'Math.min(Math.log10(batch.x), Math.ceil(batch.y), Math.expm1(c.a)) ** c.b - 1e-9 * Math.abs(batch.x)',
  ];

  it.each(values)('is well-formed and names every feature and constant: %s', (value) => {
    const { document } = parseHTML(`<body>${printMathml(program(value))}</body>`);
    const names = (kind: string): ReadonlySet<string> =>
      new Set([...document.querySelectorAll(`mi.${kind}`)].map((node) => node.textContent ?? ''));
    expect(names('feature')).toEqual(new Set(['x', 'y']));
    for (const name of ['a', 'b']) expect(names('constant')).toContain(name);
    for (const [element, children] of [
      ['mfrac', 2],
      ['msup', 2],
      ['msub', 2],
      ['mroot', 2],
    ] as const) {
      for (const node of document.querySelectorAll(element)) expect(node.children).toHaveLength(children);
    }
  });

  it('knows every operation', () => {
    expect(OP_NAMES.length).toBeGreaterThan(30);
  });
});
