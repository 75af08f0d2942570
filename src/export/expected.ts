import { BatchSource, PARITY_BATCHES } from './batches.ts';
import { fittedBounds } from './fitted-bounds.ts';
import type { Package } from './package.ts';
import { featureGraph, modelParameters, requestReductions, requestSums } from '../physics/index.ts';
import { interpret, reductionOf } from '../program/index.ts';

/** What the parity test wants to hear of each batch; batch `i` goes to entry `i` modulo their number. */
export interface ExpectedAnswers {
  /** Values of the program, unrounded: little-endian doubles. */
  readonly values: Uint8Array;
  /** Whether batches lie beyond the data: bits, the lowest of a byte first. */
  readonly extrapolates: Uint8Array;
}

/** The answers on the batches of the parity test, by the reference interpreter. */
export function expectedAnswers({ input, entries, prediction, seed }: Package): ExpectedAnswers {
  const { program, contexts } = input;
  const read = [...prediction.features.fields.keys()];
  const judged = [...read, ...prediction.figures.fields.keys()];
  const names = judged.filter((name) => reductionOf(name) === undefined);
  const graph = featureGraph(names, contexts);
  const models = entries.map((entry) => ({
    blockSize: entry.context.blockSize,
    parameters: modelParameters(entry.context),
    constants: Object.fromEntries(program.constants.map(({ name }, i) => [name, entry.constants[i]!])),
    bounds: fittedBounds(judged, entry),
  }));
  const source = new BatchSource(seed);
  const values = new DataView(new ArrayBuffer(8 * PARITY_BATCHES));
  const extrapolates = new Uint8Array(Math.ceil(PARITY_BATCHES / 8));
  for (let i = 0; i < PARITY_BATCHES; i++) {
    const { blockSize, parameters, constants, bounds } = models[i % models.length]!;
    const requests = source.next();
    const sums = requestSums(requests, blockSize);
    const own = interpret(graph, { features: { ...parameters, ...sums }, constants: {} });
    const features: Readonly<Record<string, number>> = {
      ...Object.fromEntries(names.map((name, at) => [name, own[at]!])),
      ...requestReductions(read, requests),
    };
    const [value = NaN] = interpret(program.graph, { features, constants });
    values.setFloat64(8 * i, value, true);
    const isWithin = bounds.every(([least, most], at) => {
      const figure = features[judged[at]!]!;
      return figure >= least && figure <= most;
    });
    // Where nothing is known of the data, nothing lies within it.
    if (judged.length === 0 || !isWithin) extrapolates[i >> 3]! |= 1 << (i & 7);
  }
  return { values: new Uint8Array(values.buffer), extrapolates };
}
