import { type BatchState, STATE_COLUMNS, type StateColumn } from '../physics/index.ts';

/** The state of some records, in the order given. */
export function gatherState(state: BatchState, rows: readonly number[]): BatchState {
  const { offsets } = state;
  const entries = rows.flatMap((row) => {
    const start = offsets[row]!;
    return Array.from({ length: offsets[row + 1]! - start }, (_, at) => start + at);
  });
  const lengths = rows.map((row) => offsets[row + 1]! - offsets[row]!);
  let end = 0;
  return Object.freeze({
    ...(Object.fromEntries(
      Object.keys(STATE_COLUMNS).map((name) => [
        name,
        Float64Array.from(entries, (entry) => state[name as StateColumn][entry]!),
      ]),
    ) as { [K in StateColumn]: Float64Array }),
    offsets: Float64Array.of(0, ...lengths.map((length) => (end += length))),
  });
}
