import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createRandom } from '../../src/numeric/index.ts';
import { canonicalKey, parseProgram, type Program } from '../../src/program/index.ts';
import { programId } from '../../src/search/index.ts';
import { evolveJson } from '../e2e/evolve.ts';

/** What a version of evolve gives; a later version must give the same. */
export interface GoldenResults {
  readonly programs: Readonly<Record<string, { readonly key: string; readonly id: string }>>;
  readonly streams: Readonly<Record<string, readonly number[]>>;
  readonly run: {
    readonly archiveHash: string;
    readonly pick: string;
    readonly error: number;
    readonly validationError: number;
    readonly proposed: number;
  };
}

export const GOLDEN_FILE: string = join(import.meta.dirname, 'golden.json');

const SEEDS = resolve(import.meta.dirname, '../../seeds');

/** Expressions that together use every operation, every simplification and every case of the key's tie-breaking. */
const EXPRESSIONS: readonly string[] = [
  'c.a * batch.scheduledTokens + c.b',
  'c.b + batch.scheduledTokens * c.a',
  'c.a * (batch.prefillTokens + batch.decodeTokens) - c.b * batch.decodeTokens',
  'c.a / Math.max(batch.requests, 1) + c.b * batch.kvTokens',
  'Math.max(c.a * batch.prefillGemmUs, c.b * batch.prefillMemoryUs, c.d)',
  'Math.min(batch.decodeGemmUs, Math.min(c.a * batch.decodeMemoryUs, c.b))',
  'Math.hypot(c.a * batch.prefillTokens, c.b * batch.decodeTokens, c.d)',
  'Math.sqrt(Math.abs(c.a * batch.kvTokens)) + Math.cbrt(batch.requests)',
  'c.a * Math.exp(-c.b * batch.requests) + Math.expm1(c.d * batch.decodeTokens)',
  'c.a * Math.log(batch.requests + 1) + c.b * Math.log1p(batch.kvTokens)',
  'Math.log2(batch.scheduledTokens + 2) * c.a + Math.log10(batch.kvTokens + 10) * c.b',
  'c.a * Math.tanh(batch.requests / c.b) + c.d',
  'c.a + c.b * Math.ceil(batch.decodeTokens / 8) + c.d * Math.floor(batch.prefillTokens / 128)',
  'batch.prefillTokens > c.a ? c.b * batch.prefillTokens : c.d',
  'batch.prefillTokens >= 1 && batch.decodeTokens < c.a ? c.b : c.d * batch.requests',
  'batch.prefillTokens === 0 || !(batch.requests <= c.a) ? c.b : c.d + batch.kvTokens',
  'batch.prefillTokens !== 0 ? -(c.a * batch.requests) + c.b : c.b ** 2 * batch.requests ** 3',
  '(c.a * batch.requests) ** c.b + batch.kvTokens ** 0.5',
  '(c.a + c.b) * (c.d + c.e) * batch.requests + c.a * c.d',
];

const STREAMS: readonly (readonly [seed: number | string, ...labels: (string | number)[]])[] = [
  [1],
  [2],
  [3],
  ['a text'],
  [3, 'search', 'propose'],
  [3, 'search', 'propose', 'operator'],
  [0, 'candidate', 3, 'evaluate', '8f185f55'],
  [0, 'layout', 'llama-2-7b-tp1', 'probes'],
  [0, 'layout', 'llama-2-7b-tp1', 'sample', 0],
  [1, 'demo', 'scenario', 'requests'],
  [1, 'cma-es', 0],
];

/** Makes the results anew, with this version. */
export function goldenResults(): GoldenResults {
  return { programs: goldenPrograms(), streams: goldenStreams(), run: goldenRun() };
}

export function goldenPrograms(): GoldenResults['programs'] {
  const seeds = readdirSync(SEEDS).filter((file) => file.endsWith('.js'));
  const texts: (readonly [string, string])[] = [
    ...seeds.sort().map((file) => [`seeds/${file}`, readFileSync(join(SEEDS, file), 'utf8')] as const),
    ...EXPRESSIONS.map((expression) => [expression, moduleOf(expression)] as const),
  ];
  return Object.fromEntries(
    texts.map(([name, text]) => {
      const program = parse(name, text);
      return [name, { key: canonicalKey(program), id: programId(program) }];
    }),
  );
}

function moduleOf(expression: string): string {
  const names = [...new Set(expression.match(/(?<=\bc\.)\w/g))].sort();
  const constants = names.map((name, i) => `${name}: ${i + 1}.5`).join(', ');
  return `export const constants = { ${constants} };
export function predictStepTime(batch, c) { return ${expression}; }`;
}

function parse(name: string, text: string): Program {
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.diagnostics.map(({ message }) => message).join('; ')}`);
  return parsed.program;
}

export function goldenStreams(): GoldenResults['streams'] {
  return Object.fromEntries(
    STREAMS.map(([seed, ...labels]) => {
      const random = labels.length === 0 ? createRandom(seed) : createRandom(seed).split(...labels);
      const uniform = [random.uniform(), random.uniform(), random.uniform()];
      const others = [random.integer(1000), random.normal(), random.normal(), random.weighted([1, 2, 3])];
      return [[seed, ...labels].join(' / '), [...uniform, ...others, ...random.shuffle([0, 1, 2, 3, 4])]];
    }),
  );
}

interface RunDocument {
  readonly archiveHash: string;
  readonly proposed: number;
  readonly best: { readonly id: string; readonly error: number; readonly validationError: number };
}

export function goldenRun(): GoldenResults['run'] {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-golden-'));
  try {
    const { archiveHash, proposed, best } = evolveJson<RunDocument>(folder, 'run', '--generations', '3', '--seed', '3');
    return { archiveHash, proposed, pick: best.id, error: best.error, validationError: best.validationError };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
