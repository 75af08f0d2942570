import type { Diagnostic } from './diagnostic.ts';

/** One line: place, what is wrong, what to write instead. */
export const formatDiagnostic = ({ line, column, code, message, mend }: Diagnostic): string =>
  `${line}:${column} ${message} [${code}]; ${mend}`;
