import type { Requests } from '../requests.ts';
import { FRONTEND_US } from '../client-log.ts';
import { BOOT_NS } from '../step-log.ts';
import { hexId, requestIds } from './ids.ts';
import type { FinishedJourney } from './journeys.ts';
import {
  doubleAttribute,
  event,
  INTERNAL,
  intAttribute,
  type OtlpText,
  SERVER_SIDE,
  SPAN_CLOSES,
  type SpanHead,
  spanOpens,
  textAttribute,
} from './otlp-text.ts';
import { unixNano } from './units.ts';
import type { RunFacts } from './simulated-run.ts';

/** The two spans of a request: `llm_core` of the engine, below `llm_request` of the API server. */
export interface RequestSpans {
  readonly core: OtlpText;
  readonly api: OtlpText;
}

/** Source: inference-sim/vllm, `JOURNEY_TRACING.md`. */
export function requestSpans(
  { scenario, servedModel, startUs }: RunFacts,
  { arrivalUs, promptTokens, outputTokens }: Requests,
  { request, events, firstTokenNs, lastTokenNs }: FinishedJourney,
): RequestSpans {
  const ids = requestIds(scenario.id, request);
  const traceId = hexId(`${ids.engine} trace`, 32);
  const apiSpan = hexId(`${ids.engine} api`, 16);
  const queuedNs = (arrivalUs[request] as number) * 1000;
  const arrivedNs = queuedNs - FRONTEND_US * 1000;
  const departedNs = lastTokenNs + FRONTEND_US * 1000;
  const apiEvent = (name: string, ns: number): OtlpText =>
    event(`api.${name}`, unixNano(startUs, ns), [doubleAttribute('event.ts.monotonic', (BOOT_NS + ns) / 1e9)]);
  const core: SpanHead = {
    traceId,
    spanId: hexId(`${ids.engine} core`, 16),
    parentSpanId: apiSpan,
    name: 'llm_core',
    kind: INTERNAL,
    startUnixNs: unixNano(startUs, queuedNs),
    endUnixNs: unixNano(startUs, lastTokenNs),
    attributes: [textAttribute('gen_ai.request.id', ids.engine)],
  };
  const api: SpanHead = {
    traceId,
    spanId: apiSpan,
    name: 'llm_request',
    kind: SERVER_SIDE,
    startUnixNs: unixNano(startUs, arrivedNs),
    endUnixNs: unixNano(startUs, departedNs),
    attributes: [
      textAttribute('gen_ai.request.id', ids.api),
      textAttribute('http.route', '/v1/completions'),
      textAttribute('gen_ai.response.model', servedModel),
      intAttribute('gen_ai.usage.prompt_tokens', promptTokens[request] as number),
      intAttribute('gen_ai.usage.completion_tokens', outputTokens[request] as number),
      intAttribute('gen_ai.request.max_tokens', outputTokens[request] as number),
    ],
  };
  const apiEvents = [
    apiEvent('ARRIVED', arrivedNs),
    apiEvent('HANDOFF_TO_CORE', queuedNs),
    apiEvent('FIRST_RESPONSE_FROM_CORE', firstTokenNs),
    apiEvent('DEPARTED', departedNs),
  ];
  return {
    core: `${spanOpens(core)}${events.join(',')}${SPAN_CLOSES}`,
    api: `${spanOpens(api)}${apiEvents.join(',')}${SPAN_CLOSES}`,
  };
}
