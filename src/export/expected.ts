import { BatchSource, PARITY_BATCHES } from './batches.ts';
import type { ModelEntry } from './entries.ts';
import { featuresRead } from './go/predict.ts';
import { type ContextSource, featureGraph, modelParameters, requestReductions, requestSums } from '../physics/index.ts';
import { interpret, type Program, reductionOf } from '../program/index.ts';

/**
 * Values of the program on the batches of the parity test, unrounded, by the reference interpreter; batch `i` goes to entry
 * `i` modulo their number. Little-endian doubles.
 */
export function expectedValues(
  program: Program,
  contexts: ContextSource | undefined,
  entries: readonly ModelEntry[],
  seed: number,
): Uint8Array {
  const read = featuresRead(program);
  const names = read.filter((name) => reductionOf(name) === undefined);
  const graph = featureGraph(names, contexts);
  const models = entries.map(({ context, constants }) => ({
    blockSize: context.blockSize,
    parameters: modelParameters(context),
    constants: Object.fromEntries(program.constants.map(({ name }, i) => [name, constants[i]!])),
  }));
  const source = new BatchSource(seed);
  const bytes = new DataView(new ArrayBuffer(8 * PARITY_BATCHES));
  for (let i = 0; i < PARITY_BATCHES; i++) {
    const { blockSize, parameters, constants } = models[i % models.length]!;
    const requests = source.next();
    const sums = requestSums(requests, blockSize);
    const values = interpret(graph, { features: { ...parameters, ...sums }, constants: {} });
    const features = {
      ...Object.fromEntries(names.map((name, at) => [name, values[at]!])),
      ...requestReductions(read, requests),
    };
    const [value = NaN] = interpret(program.graph, { features, constants });
    bytes.setFloat64(8 * i, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
