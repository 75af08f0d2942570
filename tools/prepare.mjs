// Builds after `npm ci` in a clone. An install without development packages has no compiler to build with; it keeps what is
// in dist/ instead of failing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const here = new URL('../', import.meta.url);
if (existsSync(new URL('node_modules/typescript/package.json', here))) {
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
} else if (!existsSync(new URL('dist/', here))) {
  console.error('evolve is not built: dist/ is missing, and so is the compiler. Run `npm ci` without --omit=dev.');
}
