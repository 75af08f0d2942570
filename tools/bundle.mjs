// Bundles the sources into dist/: a file for each entry, and chunks for what they share. A thousand modules take a second to load,
// some ten files a third of one, and every command and each evaluation process would pay for it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('../', import.meta.url));
const { exports, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const library = Object.values(exports).flatMap((entry) => (entry.default === undefined ? [] : [entry.default]));

await build({
  absWorkingDir: here,
  entryPoints: [
    ...library.map((file) => file.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
    'src/cli/main.ts',
    'src/evaluate/worker.ts',
    'src/app/search-process.ts',
    'src/app/contestant-process.ts',
  ],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: `node${engines.node.replace('>=', '')}`,
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
