import { fileError, isRefusal, UserError } from '../base/index.ts';
import { mendOf } from './mends.ts';

/**
 * An error as one line for the terminal: where it is, what is wrong and how to mend it. What the system refuses (a full disk,
 * a missing file) is one too, wherever it happened. An error that is not the user's keeps its stack, because then the stack is
 * what a maintainer needs.
 */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return `${withoutStop(error.message)}. ${capitalised(withoutStop(mendOf(error)))}.`;
  if (isRefusal(error)) return describeError(fileError(error));
  if (isMissingModule(error)) return `${withoutStop(error.message)}. Install the package again.`;
  if (error instanceof Error) return `internal error: ${error.stack ?? error.message}`;
  return `internal error: ${String(error)}`;
}

/** A part of the installation is gone; Node also says so of a package that it has no open file left to look into. */
function isMissingModule(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/** A complaint of the command-line parser as one line. */
export function describeUsage(message: string): string {
  const complaint = withoutStop(message.replace(/^error: /, ''));
  return `${complaint}. See \`evolve --help\` or \`evolve COMMAND --help\`.`;
}

function withoutStop(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
    .replace(/\.$/, '');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
