import { featureGraph, modelParameters, type ServingContext } from '../physics/index.ts';
import { type Graph, GraphBuilder, measure, type Program, rowEvaluator } from '../program/index.ts';
import { batchSums, type StepTime } from './batch.ts';

/** The request sums that all features are made of, in the order in which they are written down. */
const SUMS = ['prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests', 'kvTokens'] as const;

/** A step lasts as long as this at least, µs: a program that says less is not to stop the clock. */
const LEAST_US = 1;

/**
 * The step time that a program predicts. Features mean what they mean in step records: the context is that of all blocks in use,
 * shared ones counted once.
 *
 * @param constants values of the program's constants.
 */
export function programStepTime(
  program: Program,
  constants: Readonly<Record<string, number>>,
  context: ServingContext,
): StepTime {
  const evaluate = rowEvaluator(withModel(program, constants, context), SUMS);
  const row = new Float64Array(SUMS.length);
  return (batch) => {
    const { prefillTokens, decodeTokens, prefillRequests, decodeRequests } = batchSums(batch);
    row[0] = prefillTokens;
    row[1] = decodeTokens;
    row[2] = prefillRequests;
    row[3] = decodeRequests;
    row[4] = batch.usedBlocks * context.blockSize;
    return Math.max(LEAST_US, evaluate(row));
  };
}

/** The program over request sums alone: features are their formulas, constants and parameters of the model are numbers. */
function withModel(program: Program, constants: Readonly<Record<string, number>>, context: ServingContext): Graph {
  const names = measure(program).features;
  const formulas = featureGraph(names);
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
