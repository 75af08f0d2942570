import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtChild } from '../built-child.ts';

it.skipIf(process.platform === 'win32')(
  'a pool whose processes cannot start says so, as what the user can mend',
  () => {
    const script = builtChild(join(import.meta.dirname, 'few-files.ts'));
    const limited = ['-c', 'ulimit -n 512 && exec "$0" "$@"', process.execPath, script];
    const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^evaluate\.no-process an evaluation process could not start: .*EMFILE$/),
      stderr: '',
    });
  },
);
