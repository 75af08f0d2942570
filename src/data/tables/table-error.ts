import { UserError } from '../../base/index.ts';

/** An error of a table of columns. */
export function tableError(parts: Omit<ConstructorParameters<typeof UserError>[0], 'place'>, file: string): UserError {
  return new UserError({ ...parts, place: { file } });
}
