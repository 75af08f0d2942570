import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, it, onTestFinished } from 'vitest';
import {
  explainedProgram,
  programBeyondData,
  servePages,
  simulateProgram,
  startRun,
  writeReport,
} from '../../src/app/index.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { openRun } from '../../src/run/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('a report simulates and explains the pick as the commands do; a live page never does', {
  timeout: 60_000,
}, async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  saveDataset(withReplays(makeDataset('made up', [served(SERVER)])), data);
  const directory = join(folder, 'run');
  await startRun({ data, directory, runs: folder, jobs: 1, search: { generations: 1, children: 2, seed: 1 } });
  const run = openRun(directory);
  const notes: string[] = [];
  const { file } = await writeReport(run, { onNote: (line) => notes.push(line) });
  expect(notes.at(-1)).toBe('serving the requests of one experiment with the pick');
  const html = readFileSync(file, 'utf8');
  const embedded = JSON.parse(parseHTML(html).document.querySelector('#data')!.textContent) as {
    readonly closedLoop: readonly object[];
    readonly explanation: object;
    readonly beyond: object;
  };
  const { experiments, whatIf } = await simulateProgram(run);
  expect(whatIf).toEqual({});
  const [{ distributions: _, timeline: __, ...figures }] = experiments as [(typeof experiments)[0]];
  expect(embedded.closedLoop).toEqual([figures]);
  const { explanation } = await explainedProgram(run);
  expect(embedded.explanation).toEqual(explanation);
  expect(explanation).toMatchObject({ replayed: [experiments[0]!.id], importance: [], residuals: { valid: [] } });
  expect(explanation!.terms.length).toBeGreaterThan(0);

  const { beyond } = await programBeyondData(run);
  expect(embedded.beyond).toEqual(beyond);
  expect(beyond!.coverage).toBeNull();
  // Single steps were not measured, but the times between tokens leave something open.
  for (const [, us, , lowUs, highUs] of beyond!.curves[0]!.requests) expect(highUs - lowUs).toBeGreaterThan(1e-4 * us);

  const pages = await servePages({ runs: folder, port: 0 });
  onTestFinished(() => pages.close());
  const live = await (await fetch(pages.pageOf(run))).text();
  expect(live).toContain('Pareto front');
  expect(live).not.toContain('In closed loop');
  expect(live).not.toContain('time is made of');
});
