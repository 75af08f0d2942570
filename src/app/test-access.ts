import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { appendToFile } from '../base/index.ts';
import { DATASET_FILE, TEST_ACCESS_FILE } from '../data/index.ts';
import { recordTestAccess, type Run, type TestAccess } from '../run/index.ts';

/** Who opened test rows, when, and where that was written down. */
export interface TestAccessRecord {
  /** The command that opened them. */
  readonly command: string;
  /** Time of day, ISO 8601. */
  readonly at: string;
  /** Files that hold a line on it. */
  readonly recordedIn: readonly string[];
}

/**
 * Writes down that test rows were opened: in the run whose programs they judge, and beside the data where that is a folder that
 * can be written to. Called before the rows are read. The answer goes into the command's own output, which is the only record
 * where there is neither.
 *
 * @param source as `sourceOf` gives it.
 */
export function recordOpening(access: TestAccess, run: Run | undefined, source: string): TestAccessRecord {
  const at = new Date().toISOString();
  const recordedIn: string[] = [];
  if (run !== undefined) {
    recordTestAccess(run, access);
    recordedIn.push(run.files.testAccess);
  }
  // The embedded data has a name and no folder.
  if (isAbsolute(source) && existsSync(join(source, DATASET_FILE))) {
    const path = join(source, TEST_ACCESS_FILE);
    try {
      appendToFile(path, `${JSON.stringify({ ...access, at })}\n`);
      recordedIn.push(path);
    } catch {
      // Data may lie on a medium that is read-only; the output carries the record.
    }
  }
  return { command: access.command, at, recordedIn };
}
