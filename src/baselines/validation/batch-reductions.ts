import { type BatchRequest, requestReductions } from '../../physics/index.ts';
import { type FeatureTable, type Graph, type Interval, reductionsOf, withReductions } from '../../program/index.ts';
import type { BatchSums } from './batch-sums.ts';

/**
 * The values of a graph's reductions over requests on a batch of which sums alone are known: those of a batch that has these
 * sums, in which the requests of a phase are alike.
 */
export function reductionsOfSums(graph: Graph, batch: BatchSums): Readonly<Record<string, number>> {
  const names = reductionsOf(graph).map(({ name }) => name);
  return names.length === 0 ? {} : requestReductions(names, requestsOf(batch));
}

/** The ranges of a graph's reductions, as wide as the fields of requests allow. */
export function reductionRanges(graph: Graph, features: FeatureTable): Readonly<Record<string, Interval>> {
  const names = new Set(reductionsOf(graph).map(({ name }) => name));
  const infos = withReductions(features, graph).filter(({ name }) => names.has(name));
  return Object.fromEntries(infos.map(({ name, range: [lo, hi] }) => [name, { lo, hi, mayBeNaN: false }]));
}

function requestsOf(batch: BatchSums): readonly BatchRequest[] {
  const { prefillRequests, decodeRequests, prefillTokens, decodeTokens, kvTokens } = batch;
  const each = kvTokens / Math.max(prefillRequests + decodeRequests, 1);
  const prefillContext =
    batch.prefillKvTokens === undefined ? each : batch.prefillKvTokens / Math.max(prefillRequests, 1);
  const decodeContext = batch.decodeKvTokens === undefined ? each : batch.decodeKvTokens / Math.max(decodeRequests, 1);
  const chunk = prefillTokens / Math.max(prefillRequests, 1);
  const prefilling: BatchRequest = {
    progressIndex: prefillContext,
    newTokens: chunk,
    inputLength: prefillContext + chunk,
    outputLength: 0,
  };
  const decoding: BatchRequest = {
    progressIndex: decodeContext,
    newTokens: decodeTokens / Math.max(decodeRequests, 1),
    inputLength: decodeContext,
    outputLength: 1,
  };
  return [
    ...Array.from({ length: prefillTokens > 0 ? Math.ceil(prefillRequests) : 0 }, () => prefilling),
    ...Array.from({ length: Math.ceil(decodeRequests) }, () => decoding),
  ];
}
