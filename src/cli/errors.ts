import { UserError } from '../base/index.ts';

/**
 * An error as one line for the terminal: what is wrong and how to mend it. An error that is not the user's keeps its
 * stack, because then the stack is what a maintainer needs.
 */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return `${withoutStop(error.message)}. ${capitalised(withoutStop(error.mend))}.`;
  if (isFileError(error)) return describeFileError(error);
  if (error instanceof Error) return `internal error: ${error.stack ?? error.message}`;
  return `internal error: ${String(error)}`;
}

interface FileError extends Error {
  readonly code: string;
  readonly path: string;
}

/** What the file system may refuse, in words, and what to do about it. */
const FILE_ERRORS: Readonly<Record<string, readonly [what: string, mend: string]>> = {
  EACCES: ['permission denied', 'Make it readable and writable, or name another place'],
  EPERM: ['operation not permitted', 'Make it readable and writable, or name another place'],
  EROFS: ['the file system is read-only', 'Name a place that can be written'],
  EEXIST: ['exists already and is not a folder', 'Name another place'],
  ENOTDIR: ['a part of the path is not a folder', 'Name another place'],
  EISDIR: ['is a folder where a file is expected', 'Move it away, or name another place'],
  ENOENT: ['no such file or folder', 'Check the path'],
  ENOSPC: ['no space is left on the device', 'Free some space, or name another place'],
};

function isFileError(error: unknown): error is FileError {
  return error instanceof Error && 'path' in error && 'code' in error && String(error.code) in FILE_ERRORS;
}

function describeFileError({ path, code }: FileError): string {
  const [what, mend] = FILE_ERRORS[code] ?? [code, 'Name another place'];
  return `${path}: ${what}. ${mend}.`;
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
