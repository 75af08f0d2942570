import { type ColumnValue, evaluateColumns, reductionOf } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import { featureGraph } from './feature-graph.ts';
import type { ContextSource, ContextSums, MeasuredName, RecordedSum } from './feature.ts';
import { FEATURES, visibleFeatures } from './features.ts';
import { modelParameters } from './parameters.ts';
import { reductionColumn, type RequestRows } from './request-rows.ts';
import { kvTokensOf, type StepColumns } from './step.ts';

/** How each request sum is read from step records. */
const FROM_STEPS: {
  readonly [N in RecordedSum]: (steps: StepColumns, context: ServingContext) => Float64Array;
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
 * @param contexts figures of the contexts of each record, where the state of its requests is known.
 * @param requests of each record, where a name is a reduction over them.
 * @returns one new column for each name, as long as the step columns.
 * @throws RangeError where a name is not a feature, or a reduction without the requests that it goes over.
 */
export function computeFeatures(
  steps: StepColumns,
  context: ServingContext,
  names?: readonly string[],
  contexts?: ContextSums,
  requests?: RequestRows,
): Record<string, Float64Array> {
  const source = contexts === undefined ? 'blocks' : 'requests';
  const wanted = names ?? visibleFeatures(source).map(({ name }) => name);
  const rows = steps.stepId.length;
  const own = (name: string): Float64Array | undefined =>
    analysisColumn(name, steps) ?? (requests && columnOfReduction(name, requests));
  const given = new Map(wanted.map((name) => [name, own(name)]));
  const fromGraph = wanted.filter((name) => given.get(name) === undefined);
  const graph = featureGraph(fromGraph, source);
  const leaves: Record<string, ColumnValue> = { ...modelParameters(context) };
  for (const [name, read] of Object.entries(FROM_STEPS)) leaves[name] = read(steps, context);
  const values = evaluateColumns(graph, { ...leaves, ...contexts }, {}, rows);
  return Object.fromEntries(
    wanted.map((name) => [name, given.get(name)?.slice() ?? values[fromGraph.indexOf(name)]!.slice()]),
  );
}

/**
 * Features of one batch from its request sums.
 *
 * @param sums the measured features, e.g. from `requestSums`; of those that take the state of requests, what `contexts` asks
 * for.
 */
export function featuresOfSums(
  sums: { readonly [N in RecordedSum]: number } & { readonly [N in MeasuredName]?: number },
  context: ServingContext,
  names?: readonly string[],
  contexts: ContextSource = 'blocks',
): Record<string, number> {
  const wanted = names ?? visibleFeatures(contexts).map(({ name }) => name);
  const values = evaluateColumns(featureGraph(wanted, contexts), { ...modelParameters(context), ...sums }, {}, 1);
  return Object.fromEntries(wanted.map((name, at) => [name, values[at]![0]!]));
}

function columnOfReduction(name: string, requests: RequestRows): Float64Array | undefined {
  const reduction = reductionOf(name);
  return reduction && reductionColumn(reduction, requests);
}

function analysisColumn(name: string, steps: StepColumns): Float64Array | undefined {
  const feature = FEATURES.find((candidate) => candidate.name === name);
  return feature?.source === 'column' ? steps[feature.column] : undefined;
}
