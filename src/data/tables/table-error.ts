import { UserError } from '../../base/index.ts';

/** An error of a table of columns, by the name that its code ends with. */
export function tableError(
  code: string,
  place: string,
  problem: string,
  mend: string,
  details: Readonly<Record<string, string | number>> = {},
): UserError {
  return new UserError({ code: `data.table-${code}`, place: { file: place }, problem, mend, details });
}
