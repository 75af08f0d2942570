import { buildSync } from 'esbuild';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/**
 * A program of a test for a child process, bundled where it finds the packages: from sources it would take seconds to load.
 *
 * @param source absolute path of the TypeScript file
 * @returns absolute path of what Node can run
 */
export function builtChild(source: string): string {
  const outfile = join(ROOT, 'node_modules/.cache/evolve-tests', relative(ROOT, source).replace(/\.ts$/, '.mjs'));
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  return outfile;
}
