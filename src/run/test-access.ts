import { appendToFile } from '../base/index.ts';
import type { Run } from './run-directory.ts';

/** Who opened the test rows, and for which program. */
export interface TestAccess {
  readonly command: string;
  readonly program: string;
}

/**
 * Writes down, in `test-access.jsonl`, that test rows were opened. They judge once; whoever reads a figure on them can see
 * here how often they were looked at. This is a record for people and no part of a result, so it carries the time.
 */
export function recordTestAccess(run: Run, access: TestAccess): void {
  appendToFile(run.files.testAccess, `${JSON.stringify({ ...access, at: new Date().toISOString() })}\n`);
}
