import { batchReducer, fieldsOf, type Reduction } from '../program/index.ts';
import { type RequestFacts, requestField } from './request-fields.ts';

/** Facts that are filled anew for each request. */
export type FactsBuffer = { -readonly [N in keyof RequestFacts]: RequestFacts[N] };

/**
 * A reduction made ready for one batch after another.
 *
 * @returns takes the number of requests that are part of the batch, and what writes the facts of one of them.
 * @throws RangeError where a request has no field that the reduction reads.
 */
export function requestReducer(
  reduction: Reduction,
): (count: number, read: (request: number, into: FactsBuffer) => void) => number {
  const fields = fieldsOf(reduction).map(requestField);
  const reduce = batchReducer(
    reduction,
    fields.map(({ name }) => name),
  );
  const facts: FactsBuffer = { context: 0, newTokens: 0, promptTokens: 0 };
  return (count, read) =>
    reduce(count, (request, row) => {
      read(request, facts);
      for (let k = 0; k < fields.length; k++) row[k] = fields[k]!.value(facts);
    });
}
