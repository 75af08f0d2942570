/** A question of one of several generators that run side by side. */
export interface LaneRequest<Request> {
  readonly lane: number;
  readonly request: Request;
}

/**
 * Runs generators side by side: in each round the ones that still run ask, and are answered together. What a generator returns
 * does not depend on the others as long as the answers do not.
 *
 * @param answer the answers in the order of the requests
 */
export function inLockstep<Request, Answer, Result>(
  lanes: readonly Generator<Request, Result, Answer>[],
  answer: (requests: readonly LaneRequest<Request>[]) => readonly Answer[],
): readonly Result[] {
  const results: Result[] = [];
  let waiting: LaneRequest<Request>[] = [];
  const step = (lane: number, next: IteratorResult<Request, Result>): void => {
    if (next.done === true) results[lane] = next.value;
    else waiting.push({ lane, request: next.value });
  };
  for (const [lane, generator] of lanes.entries()) step(lane, generator.next());
  while (waiting.length > 0) {
    const asked = waiting;
    const answers = answer(asked);
    waiting = [];
    for (const [i, { lane }] of asked.entries()) {
      step(lane, (lanes[lane] as Generator<Request, Result, Answer>).next(answers[i] as Answer));
    }
  }
  return results;
}
