const FIRST_FIELD = 0x0a;
const SECOND_FIELD = 0x12;
const LENGTH_BYTES = 4;
/** Bytes below white space, which no text has. */
const LEAST_TEXT = 0x09;
const LOOKED_AT = 256;

/**
 * Whether a file begins as OTLP in protobuf: an `ExportTraceServiceRequest`, alone or behind its length in 4 bytes as the file
 * exporter writes it.
 *
 * Source: opentelemetry-proto, `trace_service.proto`: field 1 holds `ResourceSpans`, of which field 1 is the resource and field 2 the
 * spans.
 */
export function isProtobuf(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, LOOKED_AT);
  return head.some((byte) => byte < LEAST_TEXT) && (beginsAt(head, 0) || beginsAt(head, LENGTH_BYTES));
}

function beginsAt(bytes: Uint8Array, start: number): boolean {
  if (bytes[start] !== FIRST_FIELD) return false;
  let at = start + 1;
  // A length of any size: all bytes but the last have the highest bit.
  while ((bytes[at] ?? 0) >= 0x80) at++;
  const inner = bytes[at + 1];
  return inner === FIRST_FIELD || inner === SECOND_FIELD;
}
