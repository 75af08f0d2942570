import { describe, expect, it } from 'vitest';
import { FreeQueue } from '../../src/serving/free-queue.ts';

describe('free blocks in the order in which they are taken', () => {
  it('gives those away first that came back first', () => {
    const queue = new FreeQueue(2);
    queue.push(7, 3);
    queue.push(8, 4);
    queue.take(2);
    expect([queue.left(7), queue.left(8)]).toEqual([3, 4]);
    queue.take(1);
    expect([queue.left(7), queue.left(8)]).toEqual([2, 4]);
    queue.take(3);
    expect([queue.left(7), queue.left(8)]).toEqual([0, 3]);
  });

  it('lets an owner take up its own out of turn, once', () => {
    const queue = new FreeQueue(0);
    queue.push(1, 5);
    queue.push(2, 5);
    queue.reclaim(2, 4);
    expect([queue.left(1), queue.left(2)]).toEqual([5, 0]);
    // One block of it stays, behind those of the other.
    queue.take(6);
    queue.push(-1, 3);
    queue.push(2, 2);
    queue.take(3);
    expect([queue.left(1), queue.left(2)]).toEqual([0, 2]);
  });
});
