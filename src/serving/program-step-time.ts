import {
  CONTEXT_SUMS,
  type ContextSource,
  featureGraph,
  modelParameters,
  RequestTally,
  type ServingContext,
} from '../physics/index.ts';
import { type Graph, GraphBuilder, measure, type Program, rowEvaluator } from '../program/index.ts';
import { type Batch, batchSums, type StepTime } from './batch.ts';

/** The request sums that all features are made of, in the order in which they are written down. */
const COUNTS = ['prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests'] as const;
const SUMS: { readonly [C in ContextSource]: readonly string[] } = {
  blocks: [...COUNTS, 'kvTokens'],
  requests: [...COUNTS, ...CONTEXT_SUMS],
};

/** A step lasts as long as this at least, µs: a program that says less is not to stop the clock. */
const LEAST_US = 1;

/**
 * The step time that a program predicts. Features mean what they mean in the data: the context is that of all blocks in
 * use, shared ones counted once, or that of each request.
 *
 * @param constants values of the program's constants.
 * @param contexts how the data that the program was fitted on knows the contexts of requests.
 */
export function programStepTime(
  program: Program,
  constants: Readonly<Record<string, number>>,
  context: ServingContext,
  contexts: ContextSource = 'blocks',
): StepTime {
  const names = SUMS[contexts];
  const evaluate = rowEvaluator(withModel(program, constants, context, contexts), names);
  const row = new Float64Array(names.length);
  const tally = new RequestTally(context.blockSize);
  return (batch) => {
    const { prefillTokens, decodeTokens, prefillRequests, decodeRequests } = batchSums(batch);
    row[0] = prefillTokens;
    row[1] = decodeTokens;
    row[2] = prefillRequests;
    row[3] = decodeRequests;
    if (contexts === 'blocks') row[COUNTS.length] = batch.usedBlocks * context.blockSize;
    else row.set(contextsOf(batch, tally), COUNTS.length);
    return Math.max(LEAST_US, evaluate(row));
  };
}

/** In the order of `CONTEXT_SUMS`. */
function contextsOf({ count, computedTokens, newTokens, promptTokens }: Batch, tally: RequestTally): readonly number[] {
  tally.clear();
  for (let at = 0; at < count; at++) tally.add(computedTokens[at]!, newTokens[at]!, promptTokens[at]!);
  const sums = tally.sums();
  return CONTEXT_SUMS.map((name) => sums[name]);
}

/** The program over request sums alone: features are their formulas, constants and parameters of the model are numbers. */
function withModel(
  program: Program,
  constants: Readonly<Record<string, number>>,
  context: ServingContext,
  contexts: ContextSource,
): Graph {
  const names = measure(program).features;
  const formulas = featureGraph(names, contexts);
  const parameters: Readonly<Record<string, number>> = modelParameters(context);
  const builder = new GraphBuilder();
  const features = new Map(
    names.map((name, at) => [
      name,
      builder.copy(formulas, formulas.roots[at]!, (node) =>
        node.kind === 'feature' && Object.hasOwn(parameters, node.name)
          ? builder.number(parameters[node.name]!)
          : undefined,
      ),
    ]),
  );
  const root = builder.copy(program.graph, program.graph.roots[0]!, (node) => {
    if (node.kind === 'feature') return features.get(node.name);
    return node.kind === 'constant' ? builder.number(constants[node.name] ?? Number.NaN) : undefined;
  });
  return builder.build([root]);
}
