import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

it.skipIf(process.platform === 'win32')(
  'a pool whose processes cannot start says so, as what the user can mend',
  () => {
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const script = join(import.meta.dirname, 'few-files.ts');
    const limited = ['-c', 'ulimit -n 512 && exec "$0" "$@"', process.execPath, '--import', loader, script];
    const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^evaluate\.no-process an evaluation process could not start: .*EMFILE$/),
      stderr: '',
    });
  },
);
