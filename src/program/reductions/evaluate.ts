import { evaluateColumns } from '../evaluate-columns.ts';
import { rowEvaluator } from '../row-evaluator.ts';
import { fieldsOf, type Reduction } from './reduction.ts';
import { REDUCTIONS } from './reduction-op.ts';

/** Requests that are worked on at a time; a batch is never cut. */
const CHUNK = 8192;

/**
 * A reduction over many batches at once.
 *
 * @param offsets the requests of batch `b` stand from `offsets[b]` up to `offsets[b + 1]`.
 * @param field writes the values of a field for the requests from `start` up to `end`.
 * @returns one value for each batch.
 */
export function reduceBatches(
  reduction: Reduction,
  offsets: ArrayLike<number>,
  field: (name: string, start: number, end: number) => Float64Array,
): Float64Array {
  const { start: before, ofNone, join } = REDUCTIONS[reduction.over];
  const names = fieldsOf(reduction);
  const result = new Float64Array(Math.max(offsets.length - 1, 0));
  for (let first = 0; first < result.length; ) {
    let end = first + 1;
    while (end < result.length && offsets[end + 1]! - offsets[first]! <= CHUNK) end++;
    const [from, to] = [offsets[first]!, offsets[end]!];
    const columns = Object.fromEntries(names.map((name) => [name, field(name, from, to)]));
    const values = evaluateColumns(reduction.body, columns, {}, to - from)[0]!;
    for (let batch = first; batch < end; batch++) {
      let value = before;
      for (let at = offsets[batch]!; at < offsets[batch + 1]!; at++) value = join(value, values[at - from]!);
      result[batch] = offsets[batch + 1]! > offsets[batch]! ? value : ofNone;
    }
    first = end;
  }
  return result;
}

/**
 * A reduction made ready for one batch after another.
 *
 * @param fields their names, in the order of the values that `read` writes.
 * @returns takes the number of requests, and what writes the values of one of them.
 * @throws RangeError where the reduction reads a field that is not among them.
 */
export function batchReducer(
  { over, body }: Reduction,
  fields: readonly string[],
): (count: number, read: (request: number, into: Float64Array) => void) => number {
  const { start, ofNone, join } = REDUCTIONS[over];
  const evaluate = rowEvaluator(body, fields);
  const row = new Float64Array(fields.length);
  return (count, read) => {
    let value = start;
    for (let request = 0; request < count; request++) {
      read(request, row);
      value = join(value, evaluate(row));
    }
    return count > 0 ? value : ofNone;
  };
}
