import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'evolve-test-'));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => remove(folder));
  return folder;
}

/** A folder that is gone when all tests of the file are over. */
export function folderForAll(): string {
  const folder = makeFolder();
  afterAll(() => remove(folder));
  return folder;
}
