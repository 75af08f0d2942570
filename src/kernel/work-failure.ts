/** Why a piece of work has no result. */
export interface WorkFailure {
  readonly reason: 'timeout' | 'memory' | 'crash';
  readonly detail: string;
}

/** The failure that an error of a sandbox stands for. isolated-vm and V8 have no error codes, only messages. */
export function classifyFailure(error: unknown): WorkFailure {
  const detail = error instanceof Error ? error.message : String(error);
  if (/timed out/.test(detail)) return { reason: 'timeout', detail };
  if (/memory limit|allocation failed|could not allocate|out of memory/i.test(detail))
    return { reason: 'memory', detail };
  return { reason: 'crash', detail };
}
