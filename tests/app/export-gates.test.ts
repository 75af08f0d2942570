import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportProgram, findRun, readFrontier, startRun } from '../../src/app/index.ts';
import { saveDataset } from '../../src/data/index.ts';
import { smallDataset } from '../baselines/sample.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A batch with more tokens takes less. */
const FALLING = `export const constants = { a: 10000 };
export function predictStepTime(batch, c) {
  return c.a * (9 - batch.scheduledTokens / (9 + batch.scheduledTokens));
}
`;

it('a program that fails a gate is exported only when that is insisted on, and its README says so', async () => {
  const folder = temporaryFolder();
  saveDataset(await smallDataset(), join(folder, 'data'));
  const document = await startRun({
    runs: join(folder, 'runs'),
    data: join(folder, 'data'),
    jobs: 1,
    closedLoop: false,
    floor: false,
    seeds: [{ name: 'falling', source: FALLING }],
    search: { generations: 0 },
  });
  expect(document.choice?.warnings).toEqual([expect.stringMatching(/no program passes all gates.* INV-M-5/)]);
  const run = findRun(join(folder, 'runs'), document.run);
  const id = readFrontier(run)[0]!.id;
  const options = { dir: join(folder, 'out'), interface: 'standalone' } as const;
  await expect(exportProgram(run, id, options)).rejects.toMatchObject({
    code: 'app.failed-gates',
    problem: expect.stringMatching(/INV-M-5: .*more tokens get a smaller time/),
  });
  const forced = await exportProgram(run, id, { ...options, force: true });
  expect(forced.failedGates).toEqual([{ gate: 'INV-M-5', reason: expect.stringMatching(/bound 5 %/) }]);
  expect(readFileSync(join(options.dir, 'README.md'), 'utf8')).toMatch(
    /## Before you use it\n\n- \*\*It fails INV-M-5\*\*, and was exported all the same: .*\n- no program passes/,
  );
}, 60_000);
