/** What the process answers when it ends. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** As a shell answers for a process that a signal ended: 128 and its number. */
  SIGINT: 130,
  SIGTERM: 143,
} as const;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Lets the first Ctrl-C, or the first SIGTERM, call `stop` instead of ending the process at once; a second one ends it. The
 * process then ends with the code of that signal, however well the work came to its end.
 *
 * @returns takes that back.
 */
export function onStopSignal(stop: () => void): () => void {
  const forget = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, listener);
  };
  const listener = (signal: (typeof SIGNALS)[number]): void => {
    forget();
    process.exitCode = EXIT[signal];
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return forget;
}
