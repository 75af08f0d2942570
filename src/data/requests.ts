/** How a request ended, as a client saw it; `outcome` of {@link RequestColumns} holds the index. */
export const OUTCOMES = ['ok', 'failed', 'cancelled', 'incomplete'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What a request log says of each request. Times are µs on one clock, counted from the first arrival; NaN is "not known"
 * and `outcome` an index into {@link OUTCOMES}. The order of the columns is the one in which they are stored and hashed.
 *
 * Where a log has durations alone, arrivals are NaN and the times of a row count from its own sending (`sentUs` is 0): its
 * latencies hold, but nothing can be said of two requests together.
 */
export const REQUEST_COLUMNS = {
  arrivalUs: 'arrival at the server; the time of sending where the log has no other',
  sentUs: 'sent by the client, after any limit on its concurrency',
  queuedUs: 'put into the waiting queue of the engine',
  scheduledUs: 'first scheduled',
  firstTokenUs: 'first output token',
  lastTokenUs: 'last output token',
  departedUs: 'left the server, or the client saw its end',
  promptTokens: 'tokens of the prompt, cached ones among them',
  cachedTokens: 'prompt tokens that the prefix cache served',
  outputTokens: 'tokens generated',
  preemptions: 'how often it was preempted',
  outcome: 'how it ended: 0 ok, 1 failed, 2 cancelled, 3 incomplete',
} as const;

export type RequestColumn = keyof typeof REQUEST_COLUMNS;

export const REQUEST_COLUMN_NAMES: readonly RequestColumn[] = Object.freeze(
  Object.keys(REQUEST_COLUMNS) as RequestColumn[],
);

/** When each output token of each request came, µs on the clock of the columns; `us` from `offsets[r]` to `offsets[r + 1]`. */
export interface TokenTimes {
  readonly offsets: Float64Array;
  readonly us: Float64Array;
}

/** A request log as columns of equal length, one row for each request, ascending by arrival; unknown arrivals come last. */
export type RequestColumns = { readonly [K in RequestColumn]: Float64Array } & {
  readonly tokenTimes?: TokenTimes;
  /** When the first request arrived on the clock of the step records, ns; absent where the two are not on one clock. */
  readonly originNs?: number;
};

/** One request as a reader gives it; what is left out is not known. */
export type RequestRecord = { readonly [K in Exclude<RequestColumn, 'outcome'>]?: number | undefined } & {
  readonly outcome: Outcome;
  /** Of the output tokens, in order. */
  readonly tokenUs?: readonly number[];
};

/**
 * Requests as columns, ascending by arrival (ties and unknown arrivals stay in the given order), with times counted from the
 * first arrival.
 *
 * @param clock `steps` where the records' times are on the clock of the step records.
 */
export function requestColumns(records: readonly RequestRecord[], clock?: 'steps'): RequestColumns {
  const arrivals = Float64Array.from(records, (record) => sortableArrival(record));
  const order = records.map((_, at) => at).sort((a, b) => (arrivals[a] as number) - (arrivals[b] as number) || a - b);
  const sorted = order.map((at) => records[at] as RequestRecord);
  const first = sorted[0] === undefined ? 0 : arrivalOf(sorted[0]);
  const origin = Number.isFinite(first) ? first : 0;
  const columns = Object.fromEntries(
    REQUEST_COLUMN_NAMES.map((name) => {
      const offset = name.endsWith('Us') ? origin : 0;
      return [name, Float64Array.from(sorted, (record) => cellOf(record, name) - offset)];
    }),
  ) as { [K in RequestColumn]: Float64Array };
  const onStepClock = clock === 'steps' && { originNs: 1000 * origin };
  if (!sorted.some(({ tokenUs }) => tokenUs !== undefined)) return Object.freeze({ ...columns, ...onStepClock });
  const offsets = new Float64Array(sorted.length + 1);
  for (const [row, { tokenUs = [] }] of sorted.entries()) offsets[row + 1] = (offsets[row] as number) + tokenUs.length;
  const us = new Float64Array(offsets.at(-1) as number);
  for (const [row, { tokenUs = [] }] of sorted.entries()) {
    const start = offsets[row] as number;
    for (const [at, time] of tokenUs.entries()) us[start + at] = time - origin;
  }
  return Object.freeze({ ...columns, ...onStepClock, tokenTimes: Object.freeze({ offsets, us }) });
}

function arrivalOf({ arrivalUs, sentUs }: RequestRecord): number {
  return arrivalUs ?? sentUs ?? Number.NaN;
}

/** Two unknown arrivals have no difference, so that they must not come as NaN or as infinities. */
function sortableArrival(record: RequestRecord): number {
  const arrival = arrivalOf(record);
  return Number.isFinite(arrival) ? arrival : Number.MAX_VALUE;
}

function cellOf(record: RequestRecord, name: RequestColumn): number {
  if (name === 'outcome') return OUTCOMES.indexOf(record.outcome);
  if (name === 'arrivalUs') return arrivalOf(record);
  return record[name] ?? Number.NaN;
}
