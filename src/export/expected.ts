import { BatchSource, PARITY_BATCHES } from './batches.ts';
import { fittedBounds } from './fitted-bounds.ts';
import type { Package } from './package.ts';
import { featureGraph, modelParameters, requestReductions, requestSums } from '../physics/index.ts';
import { interpret, reductionOf } from '../program/index.ts';

/** What the parity test wants to hear of each batch; batch `i` goes to entry `i` modulo their number. */
export interface ExpectedAnswers {
  /** Values of the program, unrounded: little-endian doubles. */
  readonly values: Uint8Array;
  /**
   * How many features lie outside of the data. A bit would say what simulators ask for, and little of the ranges: most
   * of these batches lie beyond any data by several features at once.
   */
  readonly outside: Uint8Array;
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
  const outside = new Uint8Array(PARITY_BATCHES);
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
    const out = bounds.filter(([least, most], at) => {
      const figure = features[judged[at]!]!;
      return !(figure >= least && figure <= most);
    });
    // Where nothing is known of the data, nothing lies within it.
    outside[i] = judged.length === 0 ? 1 : out.length;
  }
  return { values: new Uint8Array(values.buffer), outside };
}
