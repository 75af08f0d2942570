import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkExport, exportProgram, startRun } from '../../src/app/index.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { checkText } from '../../src/cli/check-text.ts';
import { type Experiment, makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { readExportedModel } from '../../src/export/index.ts';
import { openRun } from '../../src/run/index.ts';
import { type Batch, batchAt, experimentOf } from '../baselines/steps-of-a-law.ts';
import { served } from '../evaluate/closed-loop/served.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { laterRefusalOf } from '../user-error.ts';

const root = folderForAll();
const known = join(root, 'known');
const dir = join(root, 'out');

/** Noise of 1 %, as a fit of exact data has errors of rounding alone. */
function noisy(batch: Batch, row: number): Batch {
  return { ...batch, us: batch.us * (1 + 0.01 * Math.sin(17 * row)) };
}

function save(name: string, ...experiments: readonly Experiment[]): string {
  const folder = join(root, name);
  saveDataset(makeDataset(name, experiments), folder);
  return folder;
}

function withoutSteps({ steps: _steps, ...experiment }: Experiment): Experiment {
  return experiment;
}

beforeAll(async () => {
  save(
    'known',
    experimentOf((row) => noisy(batchAt(row), row)),
  );
  const directory = join(root, 'run');
  const search = { generations: 0, children: 1, islands: 1 };
  await startRun({ data: known, directory, runs: root, jobs: 1, objective: 'mape', floor: false, search });
  await exportProgram(openRun(directory), undefined, { dir, interface: 'standalone' });
}, 60_000);

const slower = (): Experiment =>
  experimentOf((row) => noisy({ ...batchAt(row), us: 1.3 * batchAt(row).us }, row), { id: 'slower' });

describe('an export on data', () => {
  it('holds the program, its constants and how it stood in a file that is read again', () => {
    const model = readExportedModel(dir);
    expect(model).toMatchObject({
      version: 1,
      scope: 'model',
      contexts: 'blocks',
      provenance: { run: 'run', target: 'cycle' },
    });
    const [group] = model.groups;
    expect(group!.models).toEqual([{ id: 'meta-llama/Llama-2-7b-hf', tensorParallelism: 1, hardware: 'H100' }]);
    expect(Object.keys(group!.constants).length).toBeGreaterThan(0);
    expect(model.standing.experiments[0]!.mape).toBeLessThan(1);
  });

  it('says in its README how the program answers beyond the data, and by how many rows it is supported', () => {
    const text = readFileSync(join(dir, 'README.md'), 'utf8');
    expect(text).toMatch(/^### llama-2-7b-tp1-H100\n\n\| prompt tokens \|.*\n.*\n\| 1 \|/m);
    expect(text).toMatch(/^\| prefillTokens \| 0 – 64 \| 0 – 64 \| 0 \| 180 \| 120 rows \| 60 rows \|$/m);
  });

  it('is read where an earlier version wrote it without that support', () => {
    const { standing, ...rest } = readExportedModel(dir);
    const withoutSupport = standing.groups.map((group) => ({
      ...group,
      ranges: group.ranges.map(({ support: _support, ...range }) => range),
    }));
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'model.json'),
      JSON.stringify({ ...rest, standing: { ...standing, groups: withoutSupport } }),
    );
    expect(readExportedModel(folder).standing.groups).toEqual(withoutSupport);
  });

  it('is judged on the test rows of what it was fitted on', async () => {
    const document = await checkExport(dir, known);
    expect(document).toMatchObject({ verdict: 'holds', rows: 'test', run: 'run', foreign: [], missing: {} });
    expect(document.experiments[0]).toMatchObject({ id: 'a', now: { rows: 59 } });
    expect(readFileSync(join(known, 'test-access.jsonl'), 'utf8')).toContain('"command":"check"');
  });

  it('is judged on all rows of other data, and told from models that it does not know', async () => {
    const other = experimentOf(batchAt, { id: 'other', model: 'codellama-34b', architecture: 'codellama-34b' });
    const document = await checkExport(dir, save('later', slower(), other));
    expect(document).toMatchObject({ verdict: 'drifts', rows: 'all', foreign: ['other'] });
    expect(document.experiments.map(({ id }) => id)).toEqual(['slower']);
    const lines = checkText(document).split('\n');
    expect(lines[0]).toMatch(/^DRIFTS: /);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.find((line) => /^ *299 /.test(line))).toMatch(/−23\.\d … −2\d\.\d +0\.0 {2}drifts$/);
  });

  it('is served in closed loop where requests were logged and steps were not', { timeout: 30_000 }, async () => {
    const bare = withoutSteps(experimentOf(batchAt, { id: 'requests' }));
    const settings = {
      engine: 'vllm',
      engineVersion: '0.13.0',
      maxNumSeqs: 8,
      maxNumBatchedTokens: 512,
      kvBlocks: 1000,
    } as const;
    const folder = join(root, 'requests');
    saveDataset(withReplays(makeDataset('requests', [served({ ...bare, settings })])), folder);
    const { experiments, regimes } = await checkExport(dir, folder);
    expect(experiments).toMatchObject([{ id: 'requests', basis: 'requests', atExport: null, growth: null }]);
    // Steps of 12 ms and more, where the export knows steps of 9 ms.
    expect(experiments[0]!.drift.points).toBeLessThan(-5);
    expect(['drifts', 'outside']).toContain(experiments[0]!.verdict);
    expect(regimes).toEqual([]);
  });

  it.each<[what: string, experiments: () => readonly Experiment[], code: string, words: RegExp]>([
    [
      'of another model',
      () => [experimentOf(batchAt, { model: 'codellama-34b', architecture: 'codellama-34b', tp: 2 })],
      'app.no-experiment-of-models',
      /it has \S*llama-2-7b\S* tp 1 on H100, the data codellama-34b tp 2 on H100$/i,
    ],
    [
      'without rows',
      () => [withoutSteps(experimentOf(batchAt))],
      'app.nothing-to-check',
      /no rows to judge \(a: no rows with the target cycle, and no requests of clients\)$/,
    ],
  ])('is refused on data %s', async (what, experiments, code, words) => {
    const refusal = await laterRefusalOf(() => checkExport(dir, save(what, ...experiments())));
    expect(refusal.code).toBe(code);
    expect(refusal.problem).toMatch(words);
  });

  it('is no export where the file is missing, or of another version', async () => {
    const folder = temporaryFolder();
    expect((await laterRefusalOf(() => checkExport(folder, known))).code).toBe('export.not-an-export');
    writeFileSync(join(folder, 'export.json'), JSON.stringify({ format: 'evolve-go', files: [] }));
    expect((await laterRefusalOf(() => checkExport(folder, known))).code).toBe('export.no-model-file');
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ format: 'evolve-model', version: 2 }));
    expect((await laterRefusalOf(() => checkExport(folder, known))).code).toBe('export.wrong-version');
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...readExportedModel(dir), groups: 3 }));
    expect(await laterRefusalOf(() => checkExport(folder, known))).toMatchObject({
      code: 'export.wrong-model',
      place: { at: 'groups' },
    });
    rmSync(join(folder, 'model.json'));
  });
});

describe('the command', () => {
  it.each<[verdict: string, data: () => string, exitCode: number | undefined]>([
    ['holds', () => known, undefined],
    ['drifts', () => save('slow', slower()), 1],
  ])('answers by its exit code where it %s', async (verdict, data, exitCode) => {
    const before = process.exitCode;
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const notes = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      process.exitCode = before;
      write.mockRestore();
      notes.mockRestore();
    });
    process.exitCode = undefined;
    await checkCommand(dir, data(), { json: true });
    expect(process.exitCode).toBe(exitCode);
    expect(JSON.parse(write.mock.calls.map(([text]) => String(text)).join(''))).toMatchObject({ verdict });
  });
});
