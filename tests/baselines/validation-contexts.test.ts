import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInvariants, type LabelledRows } from '../../src/baselines/index.ts';
import { someLabelledRows } from '../../src/baselines/rows.ts';
import { parameterValues, type SumRanges, sumRanges } from '../../src/baselines/validation/batch-sums.ts';
import { GROW } from '../../src/baselines/validation/larger-batch.ts';
import { batchAt, shareCount } from '../../src/baselines/validation/possible-batch.ts';
import { checkPositivity } from '../../src/baselines/validation/positivity.ts';
import { createRandom } from '../../src/numeric/index.ts';
import {
  architecture,
  batchGraph,
  type BatchRequest,
  featuresOfRequests,
  featureTable,
  hardware,
  type MeasuredName,
  requestSums,
  visibleFeatures,
} from '../../src/physics/index.ts';
import { interpret, parseProgram, type Program } from '../../src/program/index.ts';
import { sampleSteps } from '../data/sample.ts';

const BLOCK = 16;
const context = {
  architecture: architecture('llama-2-70b'),
  hardware: hardware('H100'),
  tensorParallelism: 4,
  blockSize: BLOCK,
};

function programOf(body: string, constants = 'a: 5000, b: 1, d: 40'): Program {
  const parsed = parseProgram(
    `export const constants = { ${constants} }; export function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

function startsOf({ constants }: Program): Record<string, number> {
  return Object.fromEntries(constants.map(({ name, start }) => [name, start]));
}

function decoding(...contexts: readonly number[]): readonly BatchRequest[] {
  return contexts.map((progressIndex) => ({ progressIndex, newTokens: 1, inputLength: 0, outputLength: 1 }));
}

const MOST: { readonly [N in MeasuredName]: number } = {
  prefillTokens: 2048,
  decodeTokens: 128,
  prefillRequests: 32,
  decodeRequests: 128,
  kvTokens: 200_000,
  prefillKvTokens: 20_000,
  decodeKvTokens: 160_000,
  kvMax: 4096,
  decodeKvMax: 4096,
  kvVariance: 1_000_000,
};
const ranges = Object.fromEntries(
  Object.entries(MOST).map(([name, hi]) => [name, { lo: 0, hi, mayBeNaN: false }]),
) as unknown as SumRanges;

describe('a batch with the state of its requests', () => {
  it('has the same time by its sums as by its features', () => {
    const names = visibleFeatures('requests').map(({ name }) => name);
    const program = programOf(
      names.map((name, i) => `c.k${i} * batch.${name}`).join(' + '),
      names.map((_, i) => `k${i}: ${i + 1}`).join(', '),
    );
    const graph = batchGraph(program, 'requests');
    const request = fc.record({
      progressIndex: fc.nat(4096),
      newTokens: fc.integer({ min: 1, max: 64 }),
      inputLength: fc.nat(4096),
      outputLength: fc.constant(1),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 64 }), (batch) => {
        const features = featuresOfRequests(batch, context, undefined, 'requests');
        const expected = interpret(program.graph, { features, constants: startsOf(program) })[0]!;
        const sums = { ...parameterValues(context), ...requestSums(batch, BLOCK) };
        const found = interpret(graph, { features: sums, constants: startsOf(program) })[0]!;
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('is possible, and within all ranges, whatever the search asks for', () => {
    expect(shareCount(ranges)).toBe(8);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { minLength: 8, maxLength: 8 }), (shares) => {
        const batch = batchAt(shares, ranges, BLOCK) as Required<ReturnType<typeof batchAt>>;
        for (const [name, most] of Object.entries(MOST)) expect(batch[name as MeasuredName]).toBeLessThanOrEqual(most);
        const n = batch.prefillRequests + batch.decodeRequests;
        const sum = batch.prefillKvTokens + batch.decodeKvTokens;
        expect(n).toBeGreaterThan(0);
        expect(batch.decodeKvMax).toBeLessThanOrEqual(batch.kvMax);
        expect(batch.kvMax).toBeLessThanOrEqual(sum);
        expect(sum).toBeLessThanOrEqual(n * batch.kvMax);
        expect(batch.decodeKvTokens).toBeLessThanOrEqual(batch.decodeRequests * batch.decodeKvMax);
        // No spread is larger than that of contexts that are all 0 or the longest.
        const mean = sum / n;
        expect(batch.kvVariance).toBeLessThanOrEqual((batch.kvMax - mean) * mean * (1 + 1e-9));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('reaches the longest context and both phases', () => {
    const batch = batchAt([1, 1, 1, 1, 0, 0, 1, 0], ranges, BLOCK);
    expect(batch).toMatchObject({ prefillTokens: 2048, decodeTokens: 128, kvMax: 4096, decodeKvMax: 4096 });
    expect(batchAt([1, 0, 1, 0, 1, 0, 0, 0], ranges, BLOCK)).toMatchObject({ kvMax: 4096, decodeRequests: 0 });
  });

  it('keeps contexts alike where none were seen to differ', () => {
    const alike = { ...ranges, kvVariance: { lo: 0, hi: 0, mayBeNaN: false } };
    expect(batchAt([0, 1, 0, 1, 0, 0, 0.25, 1], alike, BLOCK)).toMatchObject({ kvMax: 1024, kvVariance: 0 });
  });

  it('grows as its requests do', () => {
    const before = requestSums(decoding(160, 480), BLOCK);
    // A third context of 320, the mean.
    expect(GROW.decodeRequests(before, BLOCK)).toMatchObject(requestSums(decoding(160, 480, 320), BLOCK));
    const longer = requestSums(decoding(168, 504), BLOCK);
    for (const [name, value] of Object.entries(GROW.context(before, BLOCK)!)) {
      // In blocks, 640 tokens grow to 672; those of 168 and 504 tokens would hold 688.
      expect(value, name).toBeCloseTo(name === 'kvTokens' ? 672 : longer[name as MeasuredName], 9);
    }
    expect(GROW.context(requestSums(decoding(0, 0), BLOCK), BLOCK)).toEqual(requestSums(decoding(16, 0), BLOCK));
  });
});

describe('positivity of programs that read contexts of requests', () => {
  const check = (body: string): ReturnType<typeof checkPositivity> => {
    const program = programOf(body);
    return checkPositivity(batchGraph(program, 'requests'), startsOf(program), context, ranges, createRandom(1));
  };

  it('is proved where they only add', () => {
    expect(check('c.a + c.b * batch.kvMax + c.b * batch.kvVariance')).toMatchObject({ verdict: 'proved' });
  });

  it('is refuted by a batch that can exist', () => {
    const found = check('c.a - 2 * c.b * batch.kvMax');
    expect(found.verdict).toBe('refuted');
    expect(found.smallestFound).toMatchObject({ us: 5000 - 2 * 4096, batch: { kvMax: 4096 } });
  });

  it('stays open where only impossible batches would break it', () => {
    // The longest context is as long as the longest of the decoding requests, which intervals do not know.
    const { verdict, smallestFound } = check('c.b + c.d * (batch.kvMax - batch.decodeKvMax)');
    expect(verdict).toBe('open');
    expect(smallestFound!.us).toBe(1);
  });
});

describe('the invariants of programs that read contexts of requests', () => {
  const ids = [0, 1, 2, 3];
  const batches = ids.map((id) => decoding(100 + id, 200, 400));
  const column = (of: (batch: readonly BatchRequest[]) => number): Float64Array => Float64Array.from(batches, of);
  const sum = (name: MeasuredName): Float64Array => column((batch) => requestSums(batch, BLOCK)[name]);
  const rows: LabelledRows = {
    experiment: { id: 'x', model: 'llama-2-70b', workload: 'general', tp: 4 },
    modelKey: 'llama-2-70b-tp4-H100',
    context,
    steps: {
      ...sampleSteps(ids),
      decodeRequests: sum('decodeRequests'),
      decodeTokens: sum('decodeTokens'),
      prefillRequests: sum('prefillRequests'),
      prefillTokens: sum('prefillTokens'),
    },
    contexts: {
      kvTokens: sum('kvTokens'),
      prefillKvTokens: sum('prefillKvTokens'),
      decodeKvTokens: sum('decodeKvTokens'),
      kvMax: sum('kvMax'),
      decodeKvMax: sum('decodeKvMax'),
      kvVariance: sum('kvVariance'),
    },
    y: column(() => 6000),
  };
  const report = (body: string) => {
    const program = programOf(body);
    const names = visibleFeatures('requests').map(({ name }) => name);
    const features = batches.map((batch) => featuresOfRequests(batch, context, names, 'requests'));
    return checkInvariants({
      program,
      fits: [{ group: 'llama-2-70b-tp4-H100', constants: startsOf(program), standardErrors: {} }],
      scope: 'model',
      evaluated: { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 },
      features: featureTable(
        Object.fromEntries(names.map((name) => [name, Float64Array.from(features, (row) => row[name]!)])),
        'requests',
      ),
      contexts: 'requests',
      test: [rows],
      metrics: [],
    });
  };

  it('hold for a time that grows with the longest context', () => {
    expect(report('c.a + c.b * batch.kvMax')).toMatchObject({
      'INV-M-1': { holds: true, proved: true },
      'INV-M-2': { holds: true },
      'INV-M-4': { holds: true },
      'INV-M-5': { holds: true, violations: 0, pairs: 8 },
    });
  });

  it('tell that a time falls with the context, and with one request more where only the spread counts', () => {
    expect(report('c.a - c.b * batch.kvMax')['INV-M-5']).toMatchObject({ context: 1, decodeRequests: 0 });
    expect(report('c.a + c.b * batch.kvVariance')['INV-M-5']).toMatchObject({ context: 0, decodeRequests: 1 });
  });

  it('have ranges for all sums', () => {
    const table = featureTable({ kvMax: Float64Array.of(400, 800), kvVariance: Float64Array.of(4) }, 'requests');
    expect(sumRanges(table, 'requests')).toMatchObject({ kvMax: { lo: 0, hi: 1000 }, kvVariance: { lo: 0, hi: 5 } });
  });

  it('are of the same rows where some are picked', () => {
    const some = someLabelledRows(rows, [3, 1]);
    expect([...some.contexts!.kvVariance]).toEqual([rows.contexts!.kvVariance[3], rows.contexts!.kvVariance[1]]);
    expect([...some.steps.stepId]).toEqual([3, 1]);
  });
});
