import type { UserError } from '../base/index.ts';
import { describeError } from './errors.ts';
import { note } from './output.ts';

/** Says why a report has less in it than it could. */
export function noteMissingData(why: UserError): void {
  note(`figures row by row are left out: ${describeError(why)}`);
}
