import type { Diagnostic } from './diagnostic.ts';

/** One line: place, what is wrong, what to write instead. */
export function formatDiagnostic({ line, column, code, message, mend }: Diagnostic): string {
  return `${line}:${column} ${message} [${code}]; ${mend}`;
}
