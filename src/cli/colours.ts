import { isatty } from 'node:tty';
import picocolors from 'picocolors';

/** Colours for stdout: only on a terminal that takes them, and not where NO_COLOR is set (https://no-color.org). */
export function colours(): ReturnType<typeof picocolors.createColors> {
  const { NO_COLOR, TERM } = process.env;
  const isWanted = (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
  return picocolors.createColors(isatty(1) && isWanted);
}
