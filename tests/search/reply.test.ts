import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { DEFAULT_CAPS } from '../../src/program/index.ts';
import { readPrograms } from '../../src/search/operators/llm/read-programs.ts';
import { LAW, moduleOf } from './llm-world.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';

const OTHER = moduleOf('c.base + c.compute * batch.computeUs', '{ base: 200, compute: 1 }');
const SHOWN = [
  { number: 1, id: 'aaaa1111', source: LAW },
  { number: 2, id: 'bbbb2222', source: OTHER },
];

function read(reply: string, caps = DEFAULT_CAPS): ReturnType<typeof readPrograms> {
  return readPrograms(reply, TOY_FEATURES, caps, SHOWN);
}

function fenced(code: string, above = 'Reason: why not.', language = 'js'): string {
  return `${above}\n\`\`\`${language}\n${code}\n\`\`\`\n`;
}

/** The id of the one program that a reply holds. */
function idOf(reply: string): string {
  const programs = read(reply);
  expect(programs).toMatchObject([{ ok: true }]);
  return programs[0]?.ok === true ? programs[0].checked.id : '';
}

const HALVED = moduleOf('c.k * (batch.computeUs + batch.memoryUs) / 2', '{ k: 1 }');
const ONE_CONSTANT = '{ k: 1 }';

describe('programs as models write them', () => {
  it.each<readonly [string, string]>([
    [
      'TypeScript everywhere',
      `import type { Batch } from './types';\ninterface C {\n  k: number;\n}\ntype Row = Readonly<Record<string, number>>;\nexport const constants = ${ONE_CONSTANT} as const satisfies C;\nexport function predictStepTime(batch: Batch & Row, c: Readonly<C>): number {\n  const sum: number = batch.computeUs! + (batch.memoryUs as number);\n  return (c.k * sum) / 2;\n}`,
    ],
    [
      'an arrow',
      `export const constants = ${ONE_CONSTANT};\nexport const predictStepTime = (batch: any, c: any): number => (c.k * (batch.computeUs + batch.memoryUs)) / 2;`,
    ],
    [
      'a helper',
      `const half = (x) => x / 2;\nexport const constants = ${ONE_CONSTANT};\nfunction mean(a, b) {\n  const sum = a + b;\n  return half(sum);\n}\nexport function predictStepTime(batch, c) {\n  return c.k * mean(batch.computeUs, batch.memoryUs);\n}`,
    ],
    [
      'another name, without export',
      `const constants = ${ONE_CONSTANT};\nfunction stepTime(batch, c) {\n  return c.k * (batch.computeUs + batch.memoryUs) / 2;\n}`,
    ],
    [
      'several versions, of which the first is kept',
      `${HALVED}\nexport function predictStepTime(batch, c) {\n  return batch.requests;\n}\nexport function predictStepTimeSimple(batch, c) {\n  return batch.requests;\n}`,
    ],
  ])('%s', (_, code) => {
    expect(idOf(fenced(code, 'Reason: halves.', 'ts'))).toBe(idOf(fenced(HALVED)));
  });

  it('keep a number of a helper one number, however often it is called', () => {
    const code = `export const constants = { a: 1 };\nconst soft = (x) => Math.sqrt(x * 0.37);\nexport function predictStepTime(batch, c) {\n  return soft(batch.computeUs) + soft(batch.memoryUs) + c.a;\n}`;
    const [program] = read(fenced(code));
    expect(program).toMatchObject({ ok: true, checked: { complexity: { constants: 2 } } });
  });

  it.each([
    ['that branches', 'function f(x) {\n  if (x > 1) return x;\n  return 1;\n}'],
    ['that calls itself', 'function f(x) {\n  return f(x - 1);\n}'],
    ['that reads what it is not given', 'function f(x) {\n  return x * batch.requests;\n}'],
  ])('are refused with a helper %s', (_, helper) => {
    const code = `export const constants = { a: 1 };\n${helper}\nexport function predictStepTime(batch, c) {\n  return c.a * f(batch.computeUs);\n}`;
    expect(read(fenced(code))).toMatchObject([{ ok: false }]);
  });

  it('are named as cut off where the reply ends within one', () => {
    const [whole, half] = read(
      `${fenced(LAW)}\nReason: more.\n\`\`\`js\nexport const constants = { a: 1 };\nexport function predictSt`,
    );
    expect(whole).toMatchObject({ ok: true });
    expect(half).toMatchObject({ ok: false, complaints: [expect.stringMatching(/cut off/), expect.anything()] });
  });

  it('come back with the measure and what to drop where they are over the caps', () => {
    const [program] = read(fenced(LAW), { ...DEFAULT_CAPS, operations: 4 });
    const complaints = program?.ok === false ? program.complaints.join('\n') : '';
    expect(complaints).toMatch(/has \d+ operations, 4 are allowed/);
    expect(complaints).toMatch(/drop or shorten terms by \d+ operations; by term: `[^`]*max[^`]*` has 3/i);
  });
});

const EDITED = LAW.replace('c.each * batch.requests', 'c.each * Math.sqrt(batch.requests)');
const LINE =
  '  return c.base + Math.max(c.compute * batch.computeUs, c.memory * batch.memoryUs) + c.each * batch.requests;';
const NEW_LINE = LINE.replace('c.each * batch.requests', 'c.each * Math.sqrt(batch.requests)');

function searchReplace(search: string, replace: string): string {
  return `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;
}

describe('edits of programs that were shown', () => {
  it.each<readonly [string, string]>([
    ['SEARCH/REPLACE of a line', fenced(searchReplace(LINE, NEW_LINE), 'Program 1')],
    ['other spaces', fenced(searchReplace(LINE.replaceAll(' ', '  '), NEW_LINE), 'Program aaaa1111')],
    [
      'a part of a line',
      fenced(searchReplace('c.each * batch.requests', 'c.each * Math.sqrt(batch.requests)'), 'Program 1'),
    ],
    [
      'a unified diff',
      fenced(
        `--- program 1\n+++ program 1\n@@ -3,3 +3,3 @@\n export function predictStepTime(batch, c) {\n-${LINE}\n+${NEW_LINE}\n }`,
        'Reason: roots.',
        'diff',
      ),
    ],
    [
      'a diff without a name, and wrong line numbers',
      fenced(`@@ -30,1 +31,1 @@\n-${LINE}\n+${NEW_LINE}`, 'Reason: roots.', 'diff'),
    ],
    ['outside a fence', `Reason: roots, in program 1.\n${searchReplace(LINE, NEW_LINE)}`],
  ])('%s', (_, reply) => {
    expect(idOf(reply)).toBe(idOf(fenced(EDITED)));
    expect(read(reply)).toMatchObject([{ base: 'aaaa1111' }]);
  });

  it.each([
    [
      'stale',
      searchReplace('  return c.gone * batch.requests;', '  return 1;'),
      /program 1 \(aaaa1111\) has no such lines: "return c\.gone/,
    ],
    ['ambiguous', searchReplace('batch.', 'batch. '), /has these lines 3 times/],
    ['empty', searchReplace('', 'x'), /say nothing of what is to be replaced/],
  ])('are refused with the place where they are %s', (_, edit, words) => {
    expect(read(fenced(edit, 'Program 1'))).toMatchObject([{ ok: false, complaints: [expect.stringMatching(words)] }]);
  });

  it('of a named program touch no other', () => {
    expect(read(fenced(searchReplace(LINE, NEW_LINE), 'Program 2'))).toMatchObject([{ ok: false }]);
  });

  it('are applied or refused, whatever they are: 200 diffs', () => {
    const random = createRandom('diffs');
    const lines = LAW.trimEnd().split('\n');
    for (let k = 0; k < 200; k++) {
      const at = Math.floor(random.uniform() * lines.length);
      const span = 1 + Math.floor(random.uniform() * 3);
      const old = lines.slice(at, at + span).map((line) => (random.uniform() < 0.2 ? `${line}x` : line));
      const isDiff = random.uniform() < 0.5;
      const body = isDiff
        ? `@@ -1 +1 @@\n${old.map((line) => `-${line}`).join('\n')}\n+  // ${k}`
        : searchReplace(old.join('\n'), `  // ${k}`);
      const programs = read(fenced(body, `Program ${1 + Math.floor(random.uniform() * 3)}`, isDiff ? 'diff' : ''));
      expect(programs.length).toBeLessThanOrEqual(1);
      for (const program of programs) if (!program.ok) expect(program.complaints[0]).toMatch(/./);
    }
  });
});

describe('malformed replies', () => {
  it('never throw: 1,000 of pieces of programs, types, edits and noise', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '```js\n',
        '\n```\n',
        LAW,
        'function f(x: number): number { return x }\n',
        '<<<<<<< SEARCH\n',
        '=======\n',
        '>>>>>>> REPLACE\n',
        '@@ -1 +1 @@\n',
        '-  return 1;\n',
        '+  return 2;\n',
        'const a: Record<string, number> = {',
        'interface A {',
        'type B = (',
        'x as ',
        '(a: b) =>',
        'predictStepTime',
        'Program 1\n',
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const program of read(pieces.join(''))) expect(typeof program.ok).toBe('boolean');
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});
