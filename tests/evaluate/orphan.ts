/** Starts a pool and waits to be killed. */
import { createPool } from '../../src/evaluate/index.ts';
import { tableOf } from './tables.ts';

await createPool(
  tableOf((row) => 100 + row.tokens),
  { jobs: 1 },
);
process.stdout.write('ready\n');
