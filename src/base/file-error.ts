import { type ErrorCode, type Place, UserError } from './user-error.ts';

interface Refusal {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly mend: string;
}

const ELSEWHERE = 'Name another place';
const ACCESS = 'Make it readable and writable, or name another place';
const SPACE = 'Free some space, or name another place';
const LIMIT = 'Close other programs, or raise the limit of open files';

/** What a system may refuse, in words, and what to do about it. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ENOENT: { code: 'base.no-such-file', problem: 'no such file or folder', mend: 'Check the path' },
  EACCES: { code: 'base.no-access', problem: 'permission denied', mend: ACCESS },
  EPERM: { code: 'base.no-access', problem: 'operation not permitted', mend: ACCESS },
  EROFS: { code: 'base.read-only', problem: 'the file system is read-only', mend: 'Name a place that can be written' },
  EEXIST: { code: 'base.exists', problem: 'exists already and is not a folder', mend: ELSEWHERE },
  ENOTDIR: { code: 'base.not-a-folder', problem: 'a part of the path is not a folder', mend: ELSEWHERE },
  EISDIR: {
    code: 'base.not-a-file',
    problem: 'is a folder where a file is expected',
    mend: 'Move it away, or name another place',
  },
  ENOTEMPTY: { code: 'base.not-empty', problem: 'is not empty', mend: ELSEWHERE },
  ENAMETOOLONG: { code: 'base.long-name', problem: 'the name is too long', mend: 'Give a shorter one' },
  ELOOP: {
    code: 'base.link-loop',
    problem: 'its links lead in a circle',
    mend: 'Mend the links, or name another place',
  },
  ENOSPC: { code: 'base.no-space', problem: 'no space is left on the device', mend: SPACE },
  EDQUOT: { code: 'base.no-space', problem: 'the disk quota is used up', mend: SPACE },
  EFBIG: {
    code: 'base.too-large',
    problem: 'the file would grow larger than the system allows',
    mend: 'Raise the limit of file sizes, or name another place',
  },
  EIO: { code: 'base.device', problem: 'the device failed to read or write', mend: 'Check the device, then try again' },
  EMFILE: { code: 'base.open-files', problem: 'too many files are open in this process', mend: LIMIT },
  ENFILE: { code: 'base.open-files', problem: 'too many files are open on this machine', mend: LIMIT },
  ENOMEM: { code: 'base.no-memory', problem: 'no memory is left', mend: 'Close other programs' },
  EBUSY: { code: 'base.busy', problem: 'is in use', mend: 'Close what uses it, or name another place' },
  ETXTBSY: { code: 'base.busy', problem: 'is in use', mend: 'Close what uses it, or name another place' },
  ESTALE: { code: 'base.device', problem: 'the network file system lost it', mend: 'Mount it again, then try again' },
  ENXIO: { code: 'base.device', problem: 'no such device', mend: ELSEWHERE },
  // Folders of the system hold what looks like files, and cannot be read like one.
  EINVAL: { code: 'base.device', problem: 'cannot be read or written like a file', mend: ELSEWHERE },
  ESPIPE: { code: 'base.device', problem: 'cannot be read or written like a file', mend: ELSEWHERE },
  ENODEV: { code: 'base.device', problem: 'no such device', mend: ELSEWHERE },
};

/** Whether the system refused something that the user can mend: a full disk, a missing file, too many open files … */
export function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && String(error.code) in REFUSALS;
}

/**
 * What the system refused, as an error that the user can mend. An error that is one already stays as it is.
 *
 * @param file names the file where the error does not: one from a descriptor knows no path.
 */
export function fileError(error: unknown, file?: string): UserError {
  if (error instanceof UserError) return error;
  const { code = '', path, message } = error as NodeJS.ErrnoException;
  const place: Place = { file: file ?? path };
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return new UserError({ ...refusal, place, details: { errno: code }, cause: error });
  return new UserError({
    code: 'base.file',
    place,
    problem: message,
    mend: 'Check the path and its permissions',
    cause: error,
  });
}

/**
 * Does something with a file; what the system refuses on the way names the file.
 *
 * @throws UserError for a refusal; anything else as it is.
 */
export function withFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isRefusal(error) ? fileError(error, file) : error;
  }
}
