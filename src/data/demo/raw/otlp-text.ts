/** JSON text of OTLP's parts. Nothing in a simulated trace needs escaping, and there are millions of attributes. */
export type OtlpText = string;

/** An attribute that is an integer of 64 bits, which JSON has as text. */
export function intAttribute(key: string, value: number): OtlpText {
  return `{"key":"${key}","value":{"intValue":"${value}"}}`;
}

export function doubleAttribute(key: string, value: number): OtlpText {
  return `{"key":"${key}","value":{"doubleValue":${value}}}`;
}

export function textAttribute(key: string, value: string): OtlpText {
  return `{"key":"${key}","value":{"stringValue":"${value}"}}`;
}

/** @param unixNs nanoseconds since 1970. */
export function event(name: string, unixNs: string, attributes: readonly OtlpText[]): OtlpText {
  return `{"timeUnixNano":"${unixNs}","name":"${name}","attributes":[${attributes.join(',')}]}`;
}

const RESOURCE = `{"attributes":[${[
  textAttribute('telemetry.sdk.language', 'python'),
  textAttribute('telemetry.sdk.name', 'opentelemetry'),
  textAttribute('telemetry.sdk.version', '1.39.1'),
  textAttribute('service.name', 'vllm-inference-perf'),
].join(',')}]}`;

/** One export, a line: what comes before and after the spans by scope. */
export const EXPORT_OPENS: OtlpText = `{"resourceSpans":[{"resource":${RESOURCE},"scopeSpans":[`;
export const EXPORT_CLOSES: OtlpText = ']}]}\n';

/** Kinds of spans by the numbers that OTLP gives them. */
export const INTERNAL = 1;
export const SERVER_SIDE = 2;

/** What a span has before its events. */
export interface SpanHead {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: typeof INTERNAL | typeof SERVER_SIDE;
  readonly startUnixNs: string;
  readonly endUnixNs: string;
  readonly attributes: readonly OtlpText[];
}

/** A span up to its first event, and what closes it. */
export function spanOpens(span: SpanHead): OtlpText {
  const parent = span.parentSpanId === undefined ? '' : `"parentSpanId":"${span.parentSpanId}",`;
  const times = `"startTimeUnixNano":"${span.startUnixNs}","endTimeUnixNano":"${span.endUnixNs}"`;
  const attributes = `"attributes":[${span.attributes.join(',')}]`;
  return `{"traceId":"${span.traceId}","spanId":"${span.spanId}",${parent}"flags":256,"name":"${span.name}","kind":${span.kind},${times},${attributes},"events":[`;
}
export const SPAN_CLOSES: OtlpText = '],"status":{}}';
