#!/usr/bin/env node
// isolated-vm's install script is `prebuild-install || node-gyp rebuild`. The published prebuild-install downloads a
// binary from the web; this one compiles with the headers that lie beside the node binary. Where there are none it
// fails, and the script's second half lets node-gyp find headers its own way.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const prefix = dirname(dirname(realpathSync(process.execPath)));
if (!existsSync(join(prefix, 'include', 'node', 'node.h'))) {
  console.error(`no Node headers in ${join(prefix, 'include', 'node')}`);
  process.exit(1);
}
const gyp = (...args) =>
  spawnSync('node-gyp', args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
const status = gyp('rebuild', '--release', '-j', 'max', `--nodedir=${prefix}`);
process.exit(status === 0 ? gyp('clean') : status);
