import { describe, expect, it } from 'vitest';
import { architecture, featuresOfSums, hardware, visibleFeatures } from '../../src/physics/index.ts';
import { interpret, parseProgram, type Program } from '../../src/program/index.ts';
import { DEFAULT_ENGINE, programStepTime, serve } from '../../src/serving/index.ts';

const CONTEXT = {
  architecture: architecture('mixtral-8x7b-v0-1'),
  hardware: hardware('H100'),
  tensorParallelism: 2,
  blockSize: 16,
};
const SOURCE = `export const constants = { gemm: 1.3, memory: 1.1, perRequestUs: 4, near: 900, fixedUs: 700 };
export function predictStepTime(batch, c) {
  const prefill = Math.max(c.gemm * batch.prefillGemmUs, c.memory * batch.prefillMemoryUs);
  const decode = batch.kvTokens > c.near ? c.memory * batch.decodeMemoryUs : batch.decodeGemmUs + 1;
  return Math.hypot(prefill, decode) + c.fixedUs + c.perRequestUs * batch.requests;
}`;
const CONSTANTS = { gemm: 1.25, memory: 1.15, perRequestUs: 3, near: 800, fixedUs: 650 };

function programOf(source: string): Program {
  const parsed = parseProgram(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.program;
}

describe('the step time of a program', () => {
  it('is what the reference semantics give for the features of each batch', () => {
    const program = programOf(SOURCE);
    const stepTime = programStepTime(program, CONSTANTS, CONTEXT);
    const load = {
      arrivalUs: Float64Array.of(0, 0, 40_000, 90_000),
      promptTokens: Float64Array.of(300, 700, 1500, 20),
      outputTokens: Float64Array.of(12, 30, 5, 9),
    };
    const { rows } = serve(load, { ...DEFAULT_ENGINE, kvBlocks: 2000 }, stepTime);
    expect(rows.startUs.length).toBeGreaterThan(20);
    const names = visibleFeatures().map(({ name }) => name);
    for (const row of rows.startUs.keys()) {
      const sums = {
        prefillTokens: rows.prefillTokens[row]!,
        decodeTokens: rows.decodeTokens[row]!,
        prefillRequests: rows.prefillRequests[row]!,
        decodeRequests: rows.decodeRequests[row]!,
        kvTokens: rows.usedBlocks[row]! * 16,
      };
      const features = featuresOfSums(sums, CONTEXT, names);
      expect(rows.stepUs[row]).toBe(interpret(program.graph, { features, constants: CONSTANTS })[0]);
    }
  });

  it('takes contexts from the requests of the batch where the program was fitted on them', () => {
    const program =
      programOf(`export const constants = { longest: 1, spread: 1, decode: 1, decodeLongest: 1, prefill: 1 };
export function predictStepTime(batch, c) {
  const longest = c.longest * batch.kvMax + c.decodeLongest * batch.decodeKvMax;
  return longest + c.spread * batch.kvVariance + c.decode * batch.decodeKvTokens + c.prefill * batch.prefillKvTokens;
}`);
    const constants = { longest: 2, spread: 0.01, decode: 1, decodeLongest: 3, prefill: 5 };
    const ofBatch = programStepTime(program, constants, CONTEXT, 'requests');
    const stepTime = ofBatch({
      count: 3,
      request: Int32Array.of(0, 1, 2, 9),
      // The last entry is left over from another batch.
      computedTokens: Float64Array.of(100, 300, 500, 9000),
      newTokens: Float64Array.of(20, 1, 1, 1),
      promptTokens: Float64Array.of(400, 200, 500, 1),
      outputTokens: Float64Array.of(0, 100, 1, 1),
      usedBlocks: 70,
    });
    // Deviations from the mean of 300: −200, 0 and 200.
    expect(stepTime).toBeCloseTo(2 * 500 + 3 * 500 + 800 / 3 + 800 + 5 * 100, 9);
    expect(() => programStepTime(program, constants, CONTEXT)).toThrow(/no feature `kvMax`/);
  });

  it.each(['blocks', 'requests'] as const)(
    'goes over the requests of the batch, contexts known from %s',
    (contexts) => {
      const program = programOf(`export const constants = { pairs: 1, longest: 1, out: 1 };
export function predictStepTime(batch, c) {
  const pairs = c.pairs * batch.sum((r) => r.isPrefill * r.newTokens * r.context);
  return pairs + c.longest * batch.max((r) => r.context) + c.out * batch.sum((r) => r.outputTokens);
}`);
      const stepTime = programStepTime(program, { pairs: 2, longest: 3, out: 5 }, CONTEXT, contexts);
      const batch = {
        count: 3,
        request: Int32Array.of(0, 1, 2, 9),
        // The last entry is left over from another batch.
        computedTokens: Float64Array.of(100, 300, 500, 9000),
        newTokens: Float64Array.of(20, 1, 1, 1),
        promptTokens: Float64Array.of(400, 200, 500, 1),
        outputTokens: Float64Array.of(0, 101, 1, 1),
        usedBlocks: 70,
      };
      // One prefills; the others have generated 101 tokens and one.
      expect(stepTime(batch)).toBe(2 * 20 * 100 + 3 * 500 + 5 * 102);
      expect(stepTime({ ...batch, count: 1 })).toBe(2 * 20 * 100 + 3 * 100);
    },
  );

  it('never stops the clock', () => {
    const program = programOf(
      'export const constants = { a: -5 };\nexport function predictStepTime(batch, c) { return c.a * batch.requests; }',
    );
    const batchOf = {
      arrivalUs: Float64Array.of(0),
      promptTokens: Float64Array.of(5),
      outputTokens: Float64Array.of(2),
    };
    const { rows } = serve(batchOf, { ...DEFAULT_ENGINE, kvBlocks: 10 }, programStepTime(program, { a: -5 }, CONTEXT));
    expect([...rows.stepUs]).toEqual([1, 1]);
  });
});
