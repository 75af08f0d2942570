import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { OP_NAMES } from '../../src/program/index.ts';

const SOURCE = resolve(import.meta.dirname, '../../src');
/** The table itself; and the kernel printer, whose own table covers every operation and whose special forms are code. */
const AT_HOME = /^(program\/operations?(\.ts|\/)|program\/op-name\.ts|kernel\/)/;

const name = `'(?:${OP_NAMES.join('|')})'`;
/** Ways to know something of some operations, so that an added one stays silently unknown there. */
const PARTIAL_KNOWLEDGE: readonly RegExp[] = [
  /Partial<\s*Record<\s*OpName/,
  /Set<\s*OpName\s*>(?:\s*=\s*new Set)?\s*(?:<\s*OpName\s*>)?\(\s*\[/,
  /Map<\s*OpName\s*,[^>]*>\s*\(\s*\[/,
  new RegExp(`\\bop\\b\\s*[!=]==\\s*${name}`),
  new RegExp(`case ${name}\\s*:`),
];

it('nothing but the table knows some operations and not others', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !AT_HOME.test(file));
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    return PARTIAL_KNOWLEDGE.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((what) => `${file}: ${what}`);
  });
  expect(found, 'make it a column of OPERATIONS').toEqual([]);
});

it.each([
  'const KEEPS: ReadonlySet<OpName> = new Set<OpName>(["add"]);',
  'const KEEPS = new Set<OpName>([',
  'const RULES: Readonly<Partial<Record<OpName, Rule>>> = { add: greatest };',
  "if (node.op === 'div') return 1;",
  "const at = op !== 'pow' ? 0 : 1;",
  "case 'select': return 2;",
])('finds %s', (text) => {
  expect(PARTIAL_KNOWLEDGE.some((pattern) => pattern.test(text))).toBe(true);
});
