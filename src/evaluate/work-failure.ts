/** Why a piece of work has no result. */
export interface WorkFailure {
  readonly reason: 'timeout' | 'memory' | 'crash';
  readonly detail: string;
}

/** The failure that an error of an isolate stands for. isolated-vm has no error codes, only messages. */
export function classifyFailure(error: unknown): WorkFailure {
  const detail = error instanceof Error ? error.message : String(error);
  if (/timed out/.test(detail)) return { reason: 'timeout', detail };
  if (/memory limit|allocation failed|out of memory/i.test(detail)) return { reason: 'memory', detail };
  return { reason: 'crash', detail };
}
