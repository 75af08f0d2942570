import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as measuring from '../../src/program/measure.ts';
import * as parsing from '../../src/program/parse-program.ts';
import {
  DEFAULT_CAPS,
  GraphBuilder,
  measure,
  printSource,
  type Program,
  readsBackAsIs,
  readSource,
  simplify,
} from '../../src/program/index.ts';
import {
  checkProgram,
  type Generation,
  initialState,
  loggedProgram,
  programId,
  search,
} from '../../src/search/index.ts';
import { arbitraryProgram } from '../program/arbitrary.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { llmDependencies, moduleOf, replyOf, scripted, toyLlmOperator } from './llm-world.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { toySettings } from './toy-search.ts';

vi.mock(import('../../src/program/parse-program.ts'), { spy: true });
vi.mock(import('../../src/program/measure.ts'), { spy: true });

const options = { features: TOY_FEATURES, caps: DEFAULT_CAPS };
const RUNS = { seed: 1, numRuns: 1000 };
const programs = arbitraryProgram({
  features: TOY_FEATURES.map(({ name }) => name),
  constants: ['alpha', 'beta', 'gamma', 'delta'],
});
const docs = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('*/', '* item', '// x', '@ts-check', ' led', 'trailed ', 'a\nb', 'It is so.', 'a/', ''),
);

describe('a checked program', () => {
  it('is what its text gives when it is read back', () => {
    let asIs = 0;
    fc.assert(
      fc.property(programs, docs, (program, doc) => {
        const result = checkProgram({ ...program, doc }, options);
        fc.pre(result.ok);
        if (!result.ok) return;
        const { checked } = result;
        const read = loggedProgram(checked.id, checked.source);
        expect(read.program).toEqual(checked.program);
        expect(read.complexity).toEqual(checked.complexity);
        expect(programId(read.program)).toBe(checked.id);
        if (readsBackAsIs(simplify(checked.program))) asIs++;
      }),
      RUNS,
    );
    expect(asIs).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it.each<[string, (program: Program) => Program]>([
    ['a start value of −0', (program) => ({ ...program, constants: [{ name: 'a', start: -0 }] })],
    [
      'a constant that nothing uses',
      (program) => ({ ...program, constants: [...program.constants, { name: 'b', start: 1 }] }),
    ],
    ['a doc that a comment changes', (program) => ({ ...program, doc: '* starred' })],
    ['a doc of several lines', (program) => ({ ...program, doc: 'a\n  b' })],
    [
      'a number that the text makes a constant of',
      (program) => {
        const graph = new GraphBuilder();
        const sum = graph.op('add', graph.op('mul', graph.constant('a'), graph.feature('tokens')), graph.number(0.25));
        return { ...program, graph: graph.build([sum]) };
      },
    ],
  ])('is read back where the text may give another one: %s', (_, change) => {
    const graph = new GraphBuilder();
    const plain: Program = {
      doc: 'A line.',
      constants: [{ name: 'a', start: 2 }],
      graph: graph.build([graph.op('mul', graph.constant('a'), graph.feature('tokens'))]),
    };
    expect(readsBackAsIs(plain)).toBe(true);
    expect(readSource(printSource(plain))).toEqual(plain);
    const changed = change(plain);
    expect(readsBackAsIs(changed)).toBe(false);
    const result = checkProgram(changed, options);
    expect(result).toMatchObject({ ok: true, checked: { program: readSource(printSource(changed)) } });
  });

  it('is refused with what lies over the caps', () => {
    const caps = { ...DEFAULT_CAPS, constants: 0 };
    const graph = new GraphBuilder();
    const body = graph.build([graph.op('mul', graph.constant('a'), graph.feature('tokens'))]);
    const program: Program = { doc: '', constants: [{ name: 'a', start: 2 }], graph: body };
    expect(checkProgram(program, { ...options, caps })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'too-many-constants' }],
    });
  });

  it('of a log keeps its id and is not read before somebody looks at it', () => {
    const broken = loggedProgram('abcd', 'no program', { ...measure(readSource(moduleOf('batch.tokens', '{}'))) });
    expect(broken.id).toBe('abcd');
    expect(broken.complexity.features).toEqual(['tokens']);
    expect(() => broken.program).toThrow(/a logged program does not parse/);
  });
});

describe("the programs of a model's reply", () => {
  afterEach(() => vi.clearAllMocks());

  it('are parsed once and measured once on the way from the reply to the archive', async () => {
    const texts = ['computeUs', 'memoryUs', 'requests'].map((name) =>
      moduleOf(`c.base + c.k0 * Math.sqrt(batch.${name})`, '{ base: 300, k0: 1 }'),
    );
    const settings = toySettings({ operators: { llm: 1 }, generations: 2, children: 3, islands: 1, reportInterval: 9 });
    const operator = toyLlmOperator(
      scripted(() => replyOf(...texts)),
      temporaryFolder(),
    );
    const generations = search(initialState(settings), llmDependencies(operator));
    await generations.next();
    vi.clearAllMocks();
    const { events } = (await generations.next()).value as Generation;
    await generations.return(undefined);
    expect(events.filter(({ type }) => type === 'inserted')).toHaveLength(texts.length);
    expect(vi.mocked(parsing.parseProgram).mock.calls.map(([text]) => text.trim())).toEqual(
      texts.map((text) => text.trim()),
    );
    expect(vi.mocked(measuring.measure)).toHaveBeenCalledTimes(texts.length);
  });
});
