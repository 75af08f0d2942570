/** Opens files until the system gives no more, then tries to start a pool and prints the code of what comes of it. */
import { openSync } from 'node:fs';
import { UserError } from '../../src/base/index.ts';
import { createPool } from '../../src/evaluate/index.ts';
import { tableOf } from './tables.ts';

const table = tableOf((row) => 100 + row.tokens);
try {
  for (;;) openSync('/dev/null', 'r');
} catch {
  // None is left.
}
const outcome = await createPool(table, { jobs: 1 }).catch((error: unknown) => error);
process.stdout.write(outcome instanceof UserError ? `${outcome.code} ${outcome.message}` : String(outcome));
