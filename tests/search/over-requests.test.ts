import { describe, expect, it } from 'vitest';
import { readTemplates } from '../../src/llm/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { requestTable } from '../../src/physics/index.ts';
import {
  DEFAULT_CAPS,
  featuresWith,
  type FeatureTable,
  measure,
  parseProgram,
  printSource,
  type Program,
  reductionOf,
  reductionsOf,
} from '../../src/program/index.ts';
import { checkProgram, TEMPLATE_NAMES } from '../../src/search/index.ts';
import { fingerprint } from '../../src/search/fingerprint.ts';
import { withProgram } from '../../src/search/operators/grammar/material.ts';
import { overRequests } from '../../src/search/operators/grammar/mutations/over-requests.ts';
import { renameByRole } from '../../src/search/operators/grammar/naming.ts';
import { tidy } from '../../src/search/operators/grammar/tidy.ts';
import { systemPrompt } from '../../src/search/operators/llm/prompt.ts';
import { TOY_TASK } from './llm-world.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';

const REQUESTS = requestTable({
  offsets: Float64Array.of(0, 2),
  context: Uint16Array.of(3000, 100),
  newTokens: Uint16Array.of(1, 500),
  promptTokens: Uint16Array.of(2000, 600),
});
const FEATURES: FeatureTable = featuresWith(TOY_FEATURES, { requests: REQUESTS });
const { name: FEATURE } = TOY_FEATURES[0]!;

function read(value: string): Program {
  const text = `export const constants = { a: 3, b: 5 };\nexport function predictStepTime(batch, c) {\n  return ${value};\n}\n`;
  const parsed = parseProgram(text, { features: FEATURES });
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.program;
}
function child(parent: Program, seed: number, features: FeatureTable = FEATURES): Program | undefined {
  const material = withProgram({ id: '', residuals: new Map(), missing: [], idle: new Set() }, parent, features);
  return overRequests({ features, material, mate: () => material }, createRandom(seed));
}
const PARENT = read(`c.a + c.b * batch.${FEATURE}`);

describe('the grammar where the state of requests is known', () => {
  const children = Array.from({ length: 60 }, (_, seed) => renameByRole(tidy(child(PARENT, seed)!), PARENT));

  it('proposes reductions that are read back as they are printed, and counted', () => {
    for (const program of children) {
      expect(reductionsOf(program.graph).length).toBeGreaterThan(0);
      const checked = checkProgram(program, { features: FEATURES, caps: DEFAULT_CAPS });
      if (!checked.ok) throw new Error(checked.diagnostics[0]!.message);
      const parsed = parseProgram(checked.checked.source, { features: FEATURES });
      expect(parsed.ok && parsed.program).toEqual(checked.checked.program);
      expect(fingerprint(program, FEATURES)).toBeDefined();
      expect(measure(program).operations).toBeGreaterThan(2);
    }
    const names = new Set(children.flatMap(({ graph }) => reductionsOf(graph).map(({ name }) => name)));
    expect(names.size).toBeGreaterThan(6);
    expect(names).toContain('max((r) => r.context)');
    // A context at which something turns is one that the data goes beyond: 3,000 and a quarter.
    const turns = [...names].flatMap((name) => /r\.context - (\d+)/.exec(name)?.[1] ?? []).map(Number);
    expect(turns.length).toBeGreaterThan(0);
    expect(Math.max(...turns)).toBeLessThan(3750);
  });

  it('makes the same of the same seed', () => {
    expect(Array.from({ length: 20 }, (_, seed) => printSource(child(PARENT, seed)!))).toEqual(
      Array.from({ length: 20 }, (_, seed) => printSource(child(PARENT, seed)!)),
    );
  });

  it('puts one reduction in the place of another', () => {
    const parent = read('c.a + c.b * batch.sum((r) => r.context ** 3)');
    const others = Array.from({ length: 20 }, (_, seed) => child(parent, seed)!.graph);
    const replaced = others.filter((graph) => reductionsOf(graph).every(({ name }) => !name.includes('** 3')));
    expect(replaced.length).toBeGreaterThan(3);
    expect(replaced.length).toBeLessThan(17);
  });

  it('has no place for them elsewhere', () => {
    expect(child(PARENT, 1, TOY_FEATURES)).toBeUndefined();
    const program = read('c.a * batch.sum((r) => r.context)');
    expect(fingerprint(program, TOY_FEATURES)).toBeUndefined();
    expect(reductionOf(measure(program).features[0]!)).toBeDefined();
  });
});

describe('a prompt', () => {
  const templates = readTemplates(TEMPLATE_NAMES);

  it('says what may be read of requests where their state is known, and nothing of it elsewhere', () => {
    const known = systemPrompt(templates, FEATURES, DEFAULT_CAPS, TOY_TASK);
    expect(known).toContain('batch.sum((r) => r.newTokens * r.context)');
    expect(known).toContain('at most 4 different ones');
    expect(known).toContain('  - `r.isPrefill`: 1 while the context is shorter than the prompt, else 0\n');
    const unknown = systemPrompt(templates, TOY_FEATURES, DEFAULT_CAPS, TOY_TASK);
    expect(unknown).not.toContain('batch.sum');
    expect(unknown).not.toMatch(/\n\n\n/);
  });
});
