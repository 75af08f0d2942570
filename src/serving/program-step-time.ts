import {
  batchGraph,
  CONTEXT_SUMS,
  type ContextSource,
  modelParameters,
  requestReducer,
  RequestTally,
  type ServingContext,
  SUM_NAMES,
} from '../physics/index.ts';
import {
  type Graph,
  GraphBuilder,
  type Program,
  type Reduction,
  reductionsOf,
  rowEvaluator,
} from '../program/index.ts';
import { type Batch, batchSums, type StepTime } from './batch.ts';

/** A step lasts as long as this at least, µs: a model that says less is not to stop the clock. */
export const LEAST_STEP_US = 1;

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
  const sums = SUM_NAMES[contexts];
  const graph = withModel(program, constants, context, contexts);
  const reductions = reductionsOf(graph);
  const reduce = reductions.map(batchReduction);
  const names = [...sums, ...reductions.map(({ name }) => name)];
  const evaluate = rowEvaluator(graph, names);
  const row = new Float64Array(names.length);
  const tally = new RequestTally(context.blockSize);
  return (batch) => {
    const { prefillTokens, decodeTokens, prefillRequests, decodeRequests } = batchSums(batch);
    // In the order of `SUM_NAMES`.
    row[0] = prefillTokens;
    row[1] = decodeTokens;
    row[2] = prefillRequests;
    row[3] = decodeRequests;
    if (contexts === 'blocks') row[4] = batch.usedBlocks * context.blockSize;
    else row.set(contextsOf(batch, tally), 4);
    for (const [k, valueOf] of reduce.entries()) row[sums.length + k] = valueOf(batch);
    return Math.max(LEAST_STEP_US, evaluate(row));
  };
}

/** A reduction over the requests of a batch. */
function batchReduction(reduction: Reduction): (batch: Batch) => number {
  const reduce = requestReducer(reduction);
  return ({ count, computedTokens, newTokens, promptTokens }) =>
    reduce(count, (at, facts) => {
      facts.context = computedTokens[at]!;
      facts.newTokens = newTokens[at]!;
      facts.promptTokens = promptTokens[at]!;
    });
}

/** In the order of `CONTEXT_SUMS`. */
function contextsOf({ count, computedTokens, newTokens, promptTokens }: Batch, tally: RequestTally): readonly number[] {
  tally.clear();
  for (let at = 0; at < count; at++) tally.add(computedTokens[at]!, newTokens[at]!, promptTokens[at]!);
  const sums = tally.sums();
  return CONTEXT_SUMS.map((name) => sums[name]);
}

/** The program over request sums alone: constants and parameters of the model are numbers. */
function withModel(
  program: Program,
  constants: Readonly<Record<string, number>>,
  context: ServingContext,
  contexts: ContextSource,
): Graph {
  const graph = batchGraph(program, contexts);
  const parameters: Readonly<Record<string, number>> = modelParameters(context);
  const builder = new GraphBuilder();
  const root = builder.copy(graph, graph.roots[0]!, (node) => {
    if (node.kind === 'constant') return builder.number(constants[node.name] ?? Number.NaN);
    return node.kind === 'feature' && Object.hasOwn(parameters, node.name)
      ? builder.number(parameters[node.name]!)
      : undefined;
  });
  return builder.build([root]);
}
