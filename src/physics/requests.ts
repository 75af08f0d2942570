import { reductionOf } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import { featuresOfSums } from './compute.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { requestReducer } from './request-reducer.ts';
import { RequestTally } from './request-tally.ts';

/** What StepTime sees of a request. */
export interface BatchRequest {
  /** Context length: tokens computed before this step. */
  readonly progressIndex: number;
  /** Tokens that this step computes. */
  readonly newTokens: number;
  /** Prompt length. */
  readonly inputLength: number;
  /** Length of the output. */
  readonly outputLength: number;
}

/** The request sums of a batch; see `RequestTally`. A request that has no output and nothing to prefill takes no part. */
export function requestSums(requests: readonly BatchRequest[], blockSize: number): { [N in MeasuredName]: number } {
  const tally = new RequestTally(blockSize);
  for (const { progressIndex, newTokens, inputLength } of requests.filter(takesPart)) {
    tally.add(progressIndex, newTokens, inputLength);
  }
  return tally.sums();
}

/** Of some names those that are reductions over requests, with their values on a batch. */
export function requestReductions(
  names: readonly string[],
  requests: readonly BatchRequest[],
): Readonly<Record<string, number>> {
  const members = requests.filter(takesPart);
  const values = names.flatMap((name): (readonly [string, number])[] => {
    const reduction = reductionOf(name);
    if (reduction === undefined) return [];
    const value = requestReducer(reduction)(members.length, (at, facts) => {
      facts.context = members[at]!.progressIndex;
      facts.newTokens = members[at]!.newTokens;
      facts.promptTokens = members[at]!.inputLength;
    });
    return [[name, value]];
  });
  return Object.fromEntries(values);
}

function takesPart({ progressIndex, inputLength, outputLength }: BatchRequest): boolean {
  return progressIndex < inputLength || outputLength > 0;
}

/** Features of a batch of requests: the reference that generated code is tested against. */
export function featuresOfRequests(
  requests: readonly BatchRequest[],
  context: ServingContext,
  names?: readonly string[],
  contexts: ContextSource = 'blocks',
): Record<string, number> {
  const reductions = requestReductions(names ?? [], requests);
  const others = names?.filter((name) => !Object.hasOwn(reductions, name));
  return { ...featuresOfSums(requestSums(requests, context.blockSize), context, others, contexts), ...reductions };
}
