import { type ColumnValue, evaluateColumns } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import { featureGraph } from './feature-graph.ts';
import type { MeasuredName } from './feature.ts';
import { FEATURES, visibleFeatures } from './features.ts';
import { modelParameters } from './parameters.ts';
import { kvTokensOf, type StepColumns } from './step.ts';

/** How each request sum is read from step records. */
const FROM_STEPS: {
  readonly [N in MeasuredName]: (steps: StepColumns, context: ServingContext) => Float64Array;
} = {
  prefillTokens: (steps) => steps.prefillTokens,
  decodeTokens: (steps) => steps.decodeTokens,
  prefillRequests: (steps) => steps.prefillRequests,
  decodeRequests: (steps) => steps.decodeRequests,
  kvTokens: (steps, { blockSize }) => kvTokensOf(steps, blockSize),
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
  const leaves: Record<string, ColumnValue> = { ...modelParameters(context) };
  for (const [name, read] of Object.entries(FROM_STEPS)) leaves[name] = read(steps, context);
  const values = evaluateColumns(graph, leaves, {}, rows);
  return Object.fromEntries(
    names.map((name) => [name, analysisColumn(name, steps)?.slice() ?? values[fromGraph.indexOf(name)]!.slice()]),
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
  const values = evaluateColumns(featureGraph(names), { ...modelParameters(context), ...sums }, {}, 1);
  return Object.fromEntries(names.map((name, at) => [name, values[at]![0]!]));
}

function analysisColumn(name: string, steps: StepColumns): Float64Array | undefined {
  const feature = FEATURES.find((candidate) => candidate.name === name);
  return feature?.source === 'column' ? steps[feature.column] : undefined;
}
