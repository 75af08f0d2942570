import { describe, expect, it } from 'vitest';
import { pointSchedule, type WeightedShape } from '../../../src/data/points/point-schedule.ts';

const BUDGET = 2048;

function sum(shapes: readonly WeightedShape[], of: (shape: WeightedShape) => number): number {
  return shapes.reduce((total, shape) => total + shape.steps * of(shape), 0);
}

describe('the schedule of clients in closed loop', () => {
  it('of one client is its prompt, then a token a step', () => {
    const { first, decode } = pointSchedule(
      { clients: 1, promptTokens: 1000, outputTokens: 101, leastShare: 1 },
      BUDGET,
      16,
    );
    expect(sum(first, ({ prefillTokens }) => prefillTokens)).toBeCloseTo(1000, 6);
    expect(decode).toHaveLength(1);
    expect(decode[0]).toMatchObject({ prefillTokens: 0, decodeRequests: 1, decodeTokens: 1 });
    expect(decode[0]!.steps).toBeCloseTo(100, 6);
    // The context grows from the prompt to prompt and output.
    expect(decode[0]!.usedBlocks * 16).toBeGreaterThan(1000 + 40);
    expect(decode[0]!.usedBlocks * 16).toBeLessThan(1000 + 80);
  });

  it.each([
    { clients: 4, promptTokens: 500, outputTokens: 200, leastShare: 1 },
    { clients: 16, promptTokens: 5000, outputTokens: 300, leastShare: 0.8 },
    { clients: 64, promptTokens: 300, outputTokens: 400, leastShare: 0.8 },
  ])('keeps what must be: %o', (load) => {
    const { clients, promptTokens, outputTokens, leastShare } = load;
    const { first, decode } = pointSchedule(load, BUDGET, 16);
    const mean = (1 + leastShare) / 2;
    expect(sum(decode, () => 1) / (mean * outputTokens - 1)).toBeCloseTo(1, 1);
    // While a request is there, each client has one prompt computed.
    const prompts = sum([...first, ...decode], ({ prefillTokens }) => prefillTokens);
    expect(prompts / (clients * mean * promptTokens)).toBeGreaterThan(0.85);
    expect(prompts / (clients * mean * promptTokens)).toBeLessThan(1.15);
    for (const { prefillTokens, decodeTokens, decodeRequests, prefillRequests } of [...first, ...decode]) {
      expect(prefillTokens + decodeTokens).toBeLessThanOrEqual(BUDGET + 1e-6);
      expect(decodeRequests + prefillRequests).toBeLessThanOrEqual(clients + 1e-6);
    }
    expect(first.length + decode.length).toBeLessThanOrEqual(8);
  });
});
