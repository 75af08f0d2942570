import { describe, expect, it } from 'vitest';
import { checkCaps, parseProgram, type ParseResult } from '../../src/program/index.ts';

function main(body: string): string {
  return `export const constants = { a: 1 };\nexport function predictStepTime(batch, c) {\n${body}\n}\n`;
}
function repeat(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join('');
}

const HOSTILE: readonly (readonly [name: string, text: string, code: string])[] = [
  ['a for loop', main('for (;;) {} return 1;'), 'loop'],
  ['a while loop', main('while (c.a > 0) {} return 1;'), 'loop'],
  ['a do loop after the return', main('return 1; do {} while (c.a > 0);'), 'loop'],
  ['recursion', main('return predictStepTime(batch, c);'), 'call'],
  ['constructor of a feature', main('return batch.constructor;'), 'unknown-feature'],
  ['constructor of a constant', main('return c.constructor;'), 'reserved-name'],
  ['constructor of Math', main('return Math.constructor("return 1")();'), 'call'],
  ['the prototype', main('return batch.__proto__;'), 'unknown-feature'],
  ['toString of Math', main('return Math.toString();'), 'unknown-function'],
  ['hasOwnProperty of constants', main('return c.hasOwnProperty;'), 'reserved-name'],
  ['eval', main('return eval("1");'), 'call'],
  ['Function', main('return new Function("return 1")();'), 'call'],
  ['a dynamic import', main('return import("node:fs");'), 'import'],
  ['a static import', `import fs from 'node:fs';\n${main('return 1;')}`, 'import'],
  ['globalThis', main('return globalThis.process;'), 'member'],
  ['a template string', main('return `${c.a}`;'), 'template'],
  ['a tagged template', main('return Math.max`1`;'), 'template'],
  [
    'a getter',
    'export const constants = { get a() { while (true) {} } };\nexport function predictStepTime(batch, c) { return c.a; }',
    'constants',
  ],
  [
    '__proto__ among constants',
    'export const constants = { __proto__: 1 };\nexport function predictStepTime(batch, c) { return 1; }',
    'reserved-name',
  ],
  ['a default parameter', 'export function predictStepTime(batch, c = eval("1")) { return 1; }', 'signature'],
  ['a closure', main('const f = () => 1; return f();'), 'function'],
  ['a class with a static block', main('class A { static { while (true) {} } } return 1;'), 'class'],
  ['code outside the function', `${main('return 1;')}while (true) {}`, 'loop'],
  ['assignment to a constant', main('c.a = 3; return 1;'), 'assignment'],
  ['a regular expression', main('return /(a+)+$/;'), 'string'],
  ['1 MB of text', main(`return ${'1 + '.repeat(262_144)} 1;`), 'too-long'],
  ['1 MB of one comment', `/*${'x'.repeat(1 << 20)}*/`, 'too-long'],
  ['10,000 parentheses', main(`return ${'('.repeat(10_000)}1${')'.repeat(10_000)};`), 'nesting'],
  ['10,000 open braces', '{'.repeat(10_000), 'nesting'],
  ['10,000 signs', main(`return ${'- '.repeat(10_000)}c.a;`), 'too-large'],
  ['10,000 negations', main(`return ${'!'.repeat(10_000)}c.a;`), 'too-large'],
  ['a tower of powers', main(`return ${'c.a ** '.repeat(6000)} 1;`), 'too-large'],
  ['a chain of conditionals', main(`return ${repeat(3000, (i) => `c.a > ${i} ? ${i} : `)} 1;`), 'too-large'],
  ['a chain of else', main(`${repeat(2000, (i) => `if (c.a > ${i}) return 1; else `)} return 2;`), 'too-large'],
  ['a row of ifs', main(`let x = 1; ${repeat(1500, (i) => `if (batch.t${i} > x) x += ${i};`)} return x;`), 'too-large'],
  [
    'a row of ifs over many locals',
    main(
      `${repeat(900, (i) => `let v${i} = 1;`)}${repeat(900, (i) => `if (batch.t${i} > 1) { v${i} = c.a; v${(i * 7) % 900} = 2; }`)} return v0;`,
    ),
    'too-large',
  ],
  ['a long sum', main(`return ${repeat(4500, (i) => `batch.x${i} + `)} 1;`), 'too-large'],
  [
    'ifs in ifs with many locals',
    main(
      `${repeat(200, (i) => `let v${i} = 1;`)}${repeat(55, (i) => `if (batch.t${i} > 1) { `)}${repeat(200, (i) => `v${i} = batch.u${i};`)}${'}'.repeat(55)} return ${repeat(200, (i) => `v${i} + `)}1;`,
    ),
    'too-large',
  ],
  ['1,000 signs', main(`return ${'- '.repeat(1000)}batch;`), 'unknown-name'],
  ['400 conditionals', main(`return ${repeat(400, (i) => `c.a > ${i} ? ${i} : `)} batch;`), 'unknown-name'],
  ['350 times else', main(`${repeat(350, (i) => `if (c.a > ${i}) return 1; else `)} return batch;`), 'unknown-name'],
  ['unclosed brackets', main('return ((((1;'), 'syntax'],
  ['no text at all', '', 'missing-function'],
  ['a null byte', main('return \0;'), 'syntax'],
];

const LIMIT_MS = 50;
const TRIES = 6;

/** Parses a text and measures the processor's time for it: a limit is on the work, not on what else the machine does. */
function timed(text: string): { result: ParseResult; ms: number } {
  const before = process.cpuUsage();
  const result = parseProgram(text);
  const { user, system } = process.cpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}

describe('hostile programs', () => {
  it.each(HOSTILE)(`%s gets a diagnostic in under ${LIMIT_MS} ms`, (_name, text, code) => {
    const { result, ms } = timed(text);
    expect(result.ok ? [] : result.diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    // Compiling and collecting garbage fall into some of the tries.
    let best = ms;
    for (let tried = 1; best >= LIMIT_MS && tried < TRIES; tried++) best = Math.min(best, timed(text).ms);
    expect(best).toBeLessThan(LIMIT_MS);
  });

  it('cannot double their work by sharing', () => {
    const text = main(`let x = batch.t; ${repeat(400, () => 'x = x * x + x;')} return x;`);
    const { result, ms } = timed(text);
    expect(result.ok && checkCaps(result.program).map(({ code, message }) => [code, message])).toEqual([
      ['too-many-operations', expect.stringContaining('operations, 30 are allowed')],
    ]);
    expect(ms).toBeLessThan(1000);
  });
});
