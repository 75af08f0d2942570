import { UserError } from '../src/base/index.ts';

/** The error with which something is refused. */
export function refusalOf(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    return userError(error);
  }
  throw new Error('nothing was refused');
}

/** The same of something that may take its time. */
export async function laterRefusalOf(action: () => unknown): Promise<UserError> {
  try {
    await action();
  } catch (error) {
    return userError(error);
  }
  throw new Error('nothing was refused');
}

function userError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}
