import { packageVersion } from '../base/index.ts';
import { referenceResults } from '../evaluate/index.ts';

let identity: string | undefined;

/** What results of this process are known by: the version, and what it makes of a small search for constants. */
export function queueIdentity(): string {
  return (identity ??= `${packageVersion()}/${referenceResults()}`);
}
