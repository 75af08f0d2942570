import { describe, expect, it } from 'vitest';
import {
  type FeatureTable,
  formatDiagnostic,
  interpret,
  measure,
  parseExpression,
  parseProgram,
  printSource,
  type Program,
} from '../../src/program/index.ts';
import { startsOf } from './arbitrary.ts';

function feature(name: string) {
  return { name, unit: '1', meaning: name, range: [0, 1000] as const };
}
const features: FeatureTable = ['tokens', 'requests', 'contextTokens'].map(feature);

function main(body: string, constants = '{ a: 2, b: 0.5 }'): string {
  return `export const constants = ${constants};\nexport function predictStepTime(batch, c) {\n${body}\n}\n`;
}

function read(text: string): Program {
  const result = parseProgram(text, { features });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join('\n'));
  return result.program;
}

function valueAt(program: Program, tokens: number, requests: number): number {
  return (
    interpret(program.graph, { features: { tokens, requests, contextTokens: 7 }, constants: startsOf(program) })[0] ??
    NaN
  );
}

/** The value, for several batches, of the body as JavaScript itself runs it. */
function ok(body: string): void {
  const program = read(main(body));
  const run = new Function('batch', 'c', body);
  for (const [tokens, requests] of [
    [0, 0],
    [1, 2],
    [5, 3],
    [30, 1],
    [100, 9],
  ] as const) {
    const expected: unknown = run({ tokens, requests, contextTokens: 7 }, { a: 2, b: 0.5 });
    expect(valueAt(program, tokens, requests), `${body} at ${tokens}, ${requests}`).toBe(expected);
  }
}

function fail(text: string, ...lines: readonly string[]): void {
  const result = parseProgram(text, { features });
  expect(result.ok ? [printSource(result.program)] : result.diagnostics.map(formatDiagnostic)).toEqual(lines);
}
function failBody(body: string, ...lines: readonly string[]): void {
  return fail(main(body), ...lines);
}

describe('programs mean what JavaScript means', () => {
  it.each([
    'return batch.tokens * c.a + batch.requests / c.b - 3;',
    'return -(batch.tokens ** 2) + (-3) ** 2 - +batch.requests;',
    'return batch.tokens ** (1 / 3) + Math.pow(batch.requests, 2.5);',
    'return 2 ** 3 ** 2 - (batch.tokens - (batch.requests - 1));',
    'return Math.max(batch.tokens, 250, c.a) + Math.min(1_000, batch.requests) + 1.5e2 + 0x1f;',
    'return batch.tokens > 4 ? batch.requests : c.a;',
    'return batch.tokens > 4 && !(batch.requests === 3) || batch.tokens == 1 ? 1 : 0;',
    'return Math.PI * batch.tokens + Math.SQRT2;',
    'const x = batch.tokens; const y = x * x; return y + x;',
    'let x = batch.tokens; x += 2; x *= 3; x -= c.a; x /= 7; x **= 0.5; return x;',
    'let x; if (batch.tokens > 4) x = 1; else { x = c.b; } return x + 1;',
    'let x = 1, y = 2; if (batch.tokens > 4) { x = y; y = 5; } else if (batch.tokens > 2) y = x; return 10 * x + y;',
    'if (batch.tokens > 4) return 1; return 2;',
    'if (batch.tokens > 4) { if (batch.requests > 2) return 1; } else { return 2; } return 3;',
    'if (batch.tokens > 50) return 1; else if (batch.tokens > 4) { return 2; } else if (batch.requests > 1) return 3; return 4;',
    'let x = 0; if (batch.tokens > 4) { x = 1; if (batch.requests > 1) return x + 10; x = 2; } return x;',
    'let x = 0; if (batch.tokens < 4) { const y = 3; { const y = 4; x = y; } x += y; } return x;',
    'const busy = batch.tokens > 4; return busy ? 3 : 4;',
    'let busy = batch.tokens > 4; if (batch.requests > 2) busy = batch.tokens > 20; return busy ? 1 : 2;',
    'return batch.tokens; return 5;',
    'const p = 0 - 1; return -p * batch.tokens;',
  ])('%s', ok);
});

describe('forms that are tolerated', () => {
  const expected = read(main('return c.a * batch.tokens;'));
  it.each([
    ['no export', 'const constants = { a: 2 }; function predictStepTime(batch, c) { return c.a * batch.tokens }'],
    [
      'type annotations',
      `export const constants: Record<string, number> = { a: 2 } as const;
export function predictStepTime(batch: StepBatch, c: { a: number; b?: Map<string, (x: number) => void> }): number {
  return c.a * batch.tokens;
}`,
    ],
    [
      'an object as return type',
      'const constants = { a: 2 };\nfunction predictStepTime(batch, c): { a: 1 } {return c.a * batch.tokens;}',
    ],
    [
      'other parameter names',
      'const constants = { "a": +2, unused: 1/3 };\nfunction predictStepTime(b, k) { return k.a * b.tokens; }',
    ],
    [
      'export default',
      'export const constants = { a: 2 };\nexport default function predictStepTime(batch, c) { return c.a * batch.tokens; }',
    ],
    [
      'the function first',
      'function predictStepTime(batch, c) { return c.a * batch.tokens; }\nconst constants = { a: 2 };',
    ],
  ])('%s', (_name, text) => {
    expect(read(text)).toEqual(expected);
  });

  it('keeps the leading comment, without directives', () => {
    const text = `// @ts-check\n/**\n * Phases overlap.\n *\n * - one\n */\n${main('return 1; // not this')}`;
    expect(read(text).doc).toBe('Phases overlap.\n\n- one');
  });

  it('is not misled by comments and strings that look like code', () => {
    const text = `// function predictStepTime(x: ((((\n/* export const constants = { } as const; */\n${main('return batch.tokens;')}`;
    expect(read(text).graph.nodes).toHaveLength(1);
  });

  it('lifts numbers to constants under fresh names and drops constants that are not used', () => {
    const program = read(main('return 250 * batch.tokens + 0.5 - 250 + 99 - -150;', '{ k2: 1, z: 3 }'));
    expect(program.constants).toEqual([
      { name: 'k1', start: 250 },
      { name: 'k3', start: 0.5 },
      { name: 'k4', start: 250 },
      { name: 'k5', start: -150 },
    ]);
  });
});

describe('suffixes of the constants', () => {
  it.each([
    'as const',
    'satisfies Record<string, number>',
    'as const satisfies Record<string, number>',
    'as const\n  satisfies Readonly<Record<string, number>>',
  ])('drop %j', (suffix) => {
    expect(valueAt(read(main('return batch.tokens * c.a;', `{ a: 2 } ${suffix}`)), 3, 1)).toBe(6);
  });

  it('take no time in hostile text', () => {
    const text = `${main('return batch.tokens;')}} satisfies${' '.repeat(20_000)}(x`;
    expect(parseProgram(text).ok).toBe(false);
  }, 5000);
});

describe('diagnostics', () => {
  it('never advise a name that is refused', () => {
    failBody(
      'return batch.tokens * c.constructor;',
      '3:25 the name constructor is taken [reserved-name]; choose another name',
    );
    failBody(
      'return constructor + arguments;',
      '3:8 there is no constructor here [unknown-name]; read batch.<feature>, c.<constant> or a const of another name',
      '3:22 there is no arguments here [unknown-name]; read batch.<feature>, c.<constant> or a const of another name',
    );
    failBody(
      'if (batch.tokens > 3) return NaN;\nreturn Infinity;',
      '3:30 there is no NaN here [unknown-name]; return a number above 0 in every case',
      '4:8 there is no Infinity here [unknown-name]; return a number above 0 in every case',
    );
  });

  it('name the nearest feature, constant, function or local', () => {
    failBody(
      'const total = batch.token + c.aa;\nreturn totl + Math.logg(total) + tokens + a;',
      '3:21 there is no feature token [unknown-feature]; did you mean batch.tokens?',
      '3:31 there is no constant aa [unknown-constant]; did you mean c.a? Or declare it: export const constants = { aa: 1, … }',
      '4:8 there is no totl here [unknown-name]; did you mean total?',
      '4:15 Math.logg is not part of the language [unknown-function]; did you mean Math.log?',
      '4:34 there is no tokens here [unknown-name]; write batch.tokens',
      '4:43 there is no a here [unknown-name]; write c.a',
    );
  });

  it('tell conditions from numbers', () => {
    failBody(
      'if (batch.tokens) return 1;\nreturn (batch.tokens > 3) + (c.a ? 1 : 0) + (batch.tokens > 2 && c.b);',
      '3:5 a condition is needed here, `batch.tokens` is a number [condition-type]; compare it: `batch.tokens > 0`',
      '4:9 a number is needed here, `batch.tokens > 3` is a condition [number-type]; write `batch.tokens > 3 ? 1 : 0`',
      '4:30 a condition is needed here, `c.a` is a number [condition-type]; compare it: `c.a > 0`',
      '4:66 a condition is needed here, `c.b` is a number [condition-type]; compare it: `c.b > 0`',
    );
    failBody(
      'return batch.tokens > 1;',
      '3:8 a number is needed here, `batch.tokens > 1` is a condition [number-type]; write `batch.tokens > 1 ? 1 : 0`',
    );
    failBody(
      'return batch.tokens > 1 ? 1 : c.a > 2;',
      '3:8 one branch gives a number, the other one a condition [mixed-types]; make both sides numbers: write `condition ? 1 : 0` for a condition',
    );
  });

  it.each([
    ['return batch["tokens"];', '3:8 brackets are not part of the language [computed-member]; write batch.tokens'],
    ['return batch[c.a];', '3:8 brackets are not part of the language [computed-member]; write batch. and a name'],
    [
      'return constants.a;',
      '3:8 `constants.a` is neither a feature nor a constant [member]; write c.a, with c as the second parameter',
    ],
    [
      'return batch.tokens.length;',
      '3:8 `batch.tokens.length` is neither a feature nor a constant [member]; read batch.<feature> or c.<constant>',
    ],
    [
      'return batch?.tokens;',
      '3:8 ?. is not part of the language [optional]; write a plain dot: features always have a value',
    ],
    ['return batch;', '3:8 there is no batch here [unknown-name]; read one of its features: batch.<feature>'],
    [
      'return batch.tokens % 3;',
      '3:8 the operator % is not part of the language [operator]; write a - b * Math.floor(a / b)',
    ],
    [
      'return batch.tokens | 0;',
      '3:8 the operator | is not part of the language [operator]; write Math.floor(x) for | 0, || between conditions',
    ],
    [
      'return Math.round(c.a);',
      '3:8 Math.round is not part of the language [unknown-function]; write Math.floor(x + 0.5)',
    ],
    [
      'return Math.max(c.a);',
      '3:8 Math.max takes two or more arguments, 1 given [argument-count]; write Math.max with two or more arguments',
    ],
    [
      'return Math.sqrt(c.a, 2);',
      '3:8 Math.sqrt takes one argument, 2 given [argument-count]; write Math.sqrt with one argument',
    ],
    ['return Math.max(...batch);', '3:17 spreading is not part of the language [spread]; write each argument'],
    ['return sqrt(c.a);', '3:8 `sqrt` cannot be called: only functions of Math can [call]; write Math.sqrt(…)'],
    ['const x = 1; x = 2; return x;', '3:14 x is a const [assignment]; declare it by let x'],
    ['y = 2; return 1;', '3:1 there is no let named y [assignment]; declare it by let y'],
    [
      'let x; if (c.a > 1) x = 2; return x;',
      '3:35 x has no value on every path to here [unassigned]; give it a start value: let x = 0',
    ],
    ['var x = 1; return x;', '3:1 var is not part of the language [declaration]; write const or let'],
    [
      'const { tokens } = batch; return tokens;',
      '3:7 destructuring is not part of the language [destructuring]; write one const for each value, e.g. const tokens = batch.tokens',
    ],
    [
      'const c2 = 1, batch = 3; return 1;',
      "3:15 this is not JavaScript: identifier 'batch' has already been declared [syntax]; check brackets, commas and operators at this place",
    ],
    [
      'let x = 1; x++; return x;',
      '3:12 ++ and -- are not part of the language [update]; write x += 1 as a statement of its own',
    ],
    ['if (c.a > 1) return 1;', '4:1 not every path returns a number [return]; end predictStepTime with a return'],
    ['return;', '3:1 this return gives no number [return]; write return followed by the time in µs'],
    ['return 1e999;', '3:8 this number is too large [number-range]; write a number below 1e308'],
    ['return 3n;', '3:8 BigInt is not part of the language [number-type]; drop the n'],
    ['batch.tokens; return 1;', '3:1 this statement has no effect [no-effect]; delete it, or return its value'],
    ['return "x";', '3:8 text is not part of the language [string]; use numbers, batch features and constants only'],
    ['return (1, 2);', '3:9 the comma operator is not part of the language [sequence]; write one expression'],
    [
      'return 1 +;',
      '3:11 this is not JavaScript: unexpected token [syntax]; check brackets, commas and operators at this place',
    ],
  ])('%s', (body, line) => {
    const result = parseProgram(main(body), { features });
    expect(result.ok ? 'parsed' : formatDiagnostic(result.diagnostics[0] ?? raise())).toBe(line);
  });

  it('speak of the module', () => {
    fail(
      '',
      '1:1 the function predictStepTime is missing [missing-function]; write export function predictStepTime(batch, c) { … }',
    );
    fail(
      'export const constants = { a: "x", ["b"]: 1, a2() {}, get g() { return 1 }, constructor: 1, d: 1, d: 2 };\nconst PEAK = 3;\nexport async function predictStepTime({ tokens }, c) { return 1; }',
      '1:31 the constant a must start from a finite number [constants]; write a: 1.5',
      '1:36 a constant is a plain name and a number [constants]; write export const constants = { name: 1.5, … }',
      '1:46 a constant is a plain name and a number [constants]; write export const constants = { name: 1.5, … }',
      '1:55 a constant is a plain name and a number [constants]; write export const constants = { name: 1.5, … }',
      '1:77 the name constructor is taken [reserved-name]; choose another name',
      '1:99 the constant d is declared twice [duplicate]; delete one of the two',
      '2:1 only constants can be declared here [top-level]; move numbers into constants, and the rest into predictStepTime',
      '3:8 predictStepTime must be a plain function [async]; write export function predictStepTime(batch, c) { … }',
      '3:39 a parameter must be a plain name [signature]; write export function predictStepTime(batch, c) { … }',
    );
  });

  it('stop at twenty', () => {
    const result = parseProgram(main(`return ${Array.from({ length: 50 }, (_, i) => `x${i}`).join(' + ')};`));
    expect(result.ok ? 0 : result.diagnostics.length).toBe(20);
  });

  it('keep columns right behind type annotations', () => {
    fail(
      'const constants: Record<string, number> = {};\nfunction predictStepTime(batch: StepBatch, c: Constants): number { return batch.nothing; }',
      '2:81 there is no feature nothing [unknown-feature]; read one of the features of the data: batch.<feature>',
    );
  });
});

describe('printed programs', () => {
  it('read like seeds', () => {
    const text = `/** Phases overlap; each is bound by compute or by memory. */
export const constants = { gemm: 1.2, memory: 1.1, overheadUs: 900 };

export function predictStepTime(batch, c) {
  const t1 = Math.max(c.gemm * batch.tokens, c.memory * batch.contextTokens);
  return t1 > 20 ? (t1 + c.overheadUs) ** 2 : -(batch.requests - 3 - (1 - t1)) / 2;
}
`;
    expect(printSource(read(text))).toBe(text);
  });

  it('show fitted constants in place of start values', () => {
    expect(printSource(read(main('return c.a * batch.tokens;')), { values: { a: 1e-7, other: 3 } })).toContain(
      '{ a: 1e-7 }',
    );
  });

  it('are measured after simplification', () => {
    const text =
      'const x = batch.tokens * 1 + 0; return Math.max(x, c.a, c.b) + (x > 3 ? x * 2 * c.a * 3 : Math.max(x, c.a, c.b)) + x - 0;';
    expect(measure(read(main(text)))).toEqual({
      operations: 7,
      conditionals: 1,
      constants: 2,
      features: ['tokens'],
      depth: 4,
    });
  });
});

describe('parseExpression', () => {
  it('keeps numbers as they are', () => {
    const graph = parseExpression('2 * layers * 1e6 / Math.max(tp, 1)', ['layers', 'tp']);
    expect(interpret(graph, { features: { layers: 3, tp: 2 }, constants: {} })).toEqual([3e6]);
  });

  it('throws on what it does not know', () => {
    expect(() => parseExpression('2 * x', ['layers'])).toThrow('formula `2 * x`: 1:5 there is no x here');
    expect(() => parseExpression('2 3', [])).toThrow('text after the expression');
  });
});

function raise(): never {
  throw new Error('no diagnostic');
}
