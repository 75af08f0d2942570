import { architecture } from '../../../physics/index.ts';
import type { RequestRecord } from '../../requests.ts';
import type { ServerSettings } from '../../server-settings.ts';
import type { Requests } from '../requests.ts';
import type { Scenario } from '../scenarios.ts';
import { settingsOf } from '../server-settings.ts';
import { CLIENT_US, FRONTEND_US } from '../client-log.ts';
import type { RequestTimes } from './request-times.ts';

/** The release of vLLM that the simulated server stands in for. */
export const VLLM_VERSION = '0.15.1';

/** What is known of a run before it begins. */
export interface RunFacts {
  readonly scenario: Scenario;
  /** Hugging Face id of the model that is served. */
  readonly servedModel: string;
  readonly settings: ServerSettings;
  /** Wall clock at the start, µs since 1970. */
  readonly startUs: number;
}

/** A run of the demo as the writers of logs see it. Times are µs from its start, requests are in order of arrival. */
export interface SimulatedRun extends RunFacts {
  readonly requests: Requests;
  readonly times: RequestTimes;
  /** How often each request was preempted. */
  readonly preemptions: Float64Array;
}

export function factsOf(scenario: Scenario): RunFacts {
  return {
    scenario,
    servedModel: architecture(scenario.model).id,
    settings: Object.freeze({
      engine: 'vllm',
      engineVersion: VLLM_VERSION,
      ...settingsOf(scenario),
    }),
    startUs: 1000 * startMs(scenario.id),
  };
}

/** The id of an experiment begins with the time of its start, `YYYYMMDD-HHMMSS`, taken as UTC. */
function startMs(id: string): number {
  const [, year, month, day, hours, minutes, seconds] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
}

/**
 * A request as the server has it. It arrives at the API server, which tokenises it before the engine queues it, and leaves when
 * the API server has made text of its last token.
 */
export function serverRequest(run: SimulatedRun, request: number): RequestRecord {
  const { requests, times, preemptions } = run;
  const tokens = times.tokensOf(request);
  const queuedUs = requests.arrivalUs[request] as number;
  const lastTokenUs = tokens.at(-1) as number;
  return {
    arrivalUs: queuedUs - FRONTEND_US,
    queuedUs,
    scheduledUs: times.scheduledUs[request],
    firstTokenUs: tokens[0],
    lastTokenUs,
    departedUs: lastTokenUs + FRONTEND_US,
    promptTokens: requests.promptTokens[request],
    cachedTokens: requests.cachedTokens[request],
    outputTokens: tokens.length,
    preemptions: preemptions[request],
    outcome: 'ok',
  };
}

/** A request as its client has it: each token is there after it was made text of and came over the network. */
export interface ClientRequest {
  readonly sentUs: number;
  /** When each output token was there; the last one ends the request. */
  readonly tokenUs: Float64Array;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

export function clientRequest({ requests, times }: SimulatedRun, request: number): ClientRequest {
  const tokenUs = times.tokensOf(request).map((us) => us + CLIENT_US);
  return {
    sentUs: (requests.arrivalUs[request] as number) - CLIENT_US,
    tokenUs,
    promptTokens: requests.promptTokens[request] as number,
    cachedTokens: requests.cachedTokens[request] as number,
    outputTokens: tokenUs.length,
  };
}
