import { describe, expect, it } from 'vitest';
import { inLockstep } from '../../src/evaluate/lockstep.ts';

/** Asks for `count` numbers and answers their sum. */
function* adder(count: number): Generator<string, number, number> {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += yield `${count}/${i}`;
  return sum;
}

describe('inLockstep', () => {
  it('asks in rounds for all that still run, and gives each its own answers', () => {
    const rounds: string[][] = [];
    const results = inLockstep([2, 0, 3].map(adder), (requests) => {
      rounds.push(requests.map(({ lane, request }) => `${lane}: ${request}`));
      return requests.map(({ lane }) => 10 ** lane);
    });
    expect(rounds).toEqual([['0: 2/0', '2: 3/0'], ['0: 2/1', '2: 3/1'], ['2: 3/2']]);
    expect(results).toEqual([2, 0, 300]);
  });
});
