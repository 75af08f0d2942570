import type { RequestColumns } from '../requests.ts';

/** Rows of the log whose request can be served: its arrival and its lengths are known. */
export function servedRows({ arrivalUs, promptTokens, outputTokens }: RequestColumns): readonly number[] {
  return Array.from(arrivalUs.keys()).filter(
    (row) => Number.isFinite(arrivalUs[row]!) && promptTokens[row]! > 0 && outputTokens[row]! > 0,
  );
}
