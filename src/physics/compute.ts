import { type Graph, OPERATORS } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import { featureGraph } from './feature-graph.ts';
import type { MeasuredName } from './feature.ts';
import { FEATURES, visibleFeatures } from './features.ts';
import { modelParameters } from './parameters.ts';
import type { StepColumns } from './step.ts';

/** One value for all rows, or one for each. */
type Values = number | Float64Array;

/** How each request sum is read from step records. */
const FROM_STEPS: {
  readonly [N in MeasuredName]: (steps: StepColumns, context: ServingContext) => Float64Array;
} = {
  prefillTokens: (steps) => steps.prefillTokens,
  decodeTokens: (steps) => steps.decodeTokens,
  prefillRequests: (steps) => steps.prefillRequests,
  decodeRequests: (steps) => steps.decodeRequests,
  kvTokens: (steps, { blockSize }) =>
    steps.kvBlocksTotal.map((total, row) => (total - steps.kvBlocksFree[row]!) * blockSize),
};

/**
 * Feature columns of step records.
 *
 * @param names features of the registry, analysis-only ones too; by default all that programs may use.
 * @returns one new column for each name, as long as the step columns.
 * @throws RangeError where a name is not a feature.
 */
export function computeFeatures(
  steps: StepColumns,
  context: ServingContext,
  names: readonly string[] = visibleFeatures().map(({ name }) => name),
): Record<string, Float64Array> {
  const rows = steps.stepId.length;
  const fromGraph = names.filter((name) => analysisColumn(name, steps) === undefined);
  const graph = featureGraph(fromGraph);
  const leaves: Record<string, Values> = { ...modelParameters(context) };
  for (const [name, read] of Object.entries(FROM_STEPS)) leaves[name] = read(steps, context);
  const values = evaluateGraph(graph, leaves, rows);
  const column = (value: Values): Float64Array =>
    typeof value === 'number' ? new Float64Array(rows).fill(value) : value.slice();
  return Object.fromEntries(
    names.map((name) => [name, analysisColumn(name, steps)?.slice() ?? column(values[fromGraph.indexOf(name)]!)]),
  );
}

/**
 * Features of one batch from its request sums.
 *
 * @param sums the measured features, e.g. from `requestSums`.
 */
export function featuresOfSums(
  sums: { readonly [N in MeasuredName]: number },
  context: ServingContext,
  names: readonly string[] = visibleFeatures().map(({ name }) => name),
): Record<string, number> {
  const values = evaluateGraph(featureGraph(names), { ...modelParameters(context), ...sums }, 1);
  return Object.fromEntries(names.map((name, at) => [name, values[at] as number]));
}

function analysisColumn(name: string, steps: StepColumns): Float64Array | undefined {
  const feature = FEATURES.find((candidate) => candidate.name === name);
  return feature?.source === 'column' ? steps[feature.column] : undefined;
}

/** Node by node over whole columns; what depends on parameters alone stays one number. */
function evaluateGraph(graph: Graph, leaves: Readonly<Record<string, Values>>, rows: number): readonly Values[] {
  const values: Values[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') values.push(node.value);
    else if (node.kind === 'op')
      values.push(
        evaluateOp(
          OPERATORS[node.op].evaluate,
          node.args.map((arg) => values[arg]!),
          rows,
        ),
      );
    else values.push(leaves[node.name]!);
  }
  return graph.roots.map((root) => values[root]!);
}

function evaluateOp(evaluate: (args: readonly number[]) => number, args: readonly Values[], rows: number): Values {
  const scratch = args.map((arg) => (typeof arg === 'number' ? arg : 0));
  if (args.every((arg) => typeof arg === 'number')) return evaluate(scratch);
  const result = new Float64Array(rows);
  const columns = args.flatMap((arg, at) => (typeof arg === 'number' ? [] : [{ arg, at }]));
  for (let row = 0; row < rows; row++) {
    for (const { arg, at } of columns) scratch[at] = arg[row]!;
    result[row] = evaluate(scratch);
  }
  return result;
}
