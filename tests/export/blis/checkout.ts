import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary-folder.ts';
import { run } from '../toolchain.ts';

/** Source tree of inference-sim that tests patch copies of: EVOLVE_BLIS names it. Without it such tests skip. */
export const blisCheckout: string | undefined = process.env['EVOLVE_BLIS'];

/** A copy of the tree, as it was committed. */
export function copyOfCheckout(checkout: string): string {
  const dir = join(temporaryFolder(), 'inference-sim');
  const cloned = run('git', ['clone', '-q', '--shared', checkout, dir], '.');
  if (!cloned.ok) cpSync(checkout, dir, { recursive: true });
  return dir;
}
