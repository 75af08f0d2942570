import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  exportProgramFormula,
  findRun,
  importTable,
  keepProgram,
  rankPredictors,
  readProgram,
  readPrompt,
  startRun,
  validateProgram,
  writeReport,
} from '../../src/app/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import type { Run } from '../../src/run/index.ts';
import { goVersion, run as execute } from '../export/toolchain.ts';
import { folderForAll } from '../temporary-folder.ts';
import { evolve } from './evolve.ts';

const folder = folderForAll();
const SEED = `export const constants = { a: 1, b: 1, c: 1 };
export function predictStepTime(batch, c) {
  const rise = c.a * batch.speed_m_s;
  return batch.x2 > 0 ? rise * batch.speed_m_s - c.b : rise + c.c * batch.x2;
}`;

/** −2·v² − 1 above 0, −2·v − 9·x2 elsewhere: of both signs. */
function csv(): string {
  const random = createRandom('table');
  const rows = Array.from({ length: 80 }, (_, row) => {
    const [v, x2] = [4 * random.uniform(), 2 * random.uniform() - 1];
    return [v, x2, 'Bonn', row === 5 ? '' : x2 > 0 ? -2 * v * v - 1 : -2 * v - 9 * x2];
  });
  return ['speed (m/s),x2,city,y', ...rows.map((cells) => cells.join(','))].join('\n');
}

describe('a table of plain rows', () => {
  let run: Run;
  const notes: string[] = [];

  beforeAll(async () => {
    const [file, data, runs] = ['table.csv', 'data', 'runs'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, csv());
    writeFileSync(join(folder, 'units.yaml'), 'speed (m/s): m/s\n"y": N\n');
    await importTable(file, 'y', {
      folder: data,
      units: join(folder, 'units.yaml'),
      description: 'a made-up drag',
      onNote: (line) => notes.push(line),
    });
    const { run: name } = await startRun({
      runs,
      data,
      jobs: 1,
      search: { generations: 1, children: 2, islands: 1 },
      seeds: [{ name: 'law', source: SEED }],
    });
    run = findRun(runs, name);
  });

  it('is imported with what it leaves out, and a newcomer is told what to type', () => {
    expect(notes).toEqual([
      'column `city` is left out: most of its cells are no numbers',
      '1 of 80 rows are left out, where a cell is empty or no finite number: `y` in 1',
      'column `speed (m/s)` is `speed_m_s` in programs',
    ]);
    const { code, stderr } = evolve(folder, 'data', 'import', 'table.csv', '--out', 'other');
    expect(code).toBe(1);
    expect(stderr).toContain('evolve data import table.csv --target y --out DIR');
  });

  it('is searched to its law, by squares, without priors or floor', () => {
    const { objective, target, floor, data } = run.config;
    expect({ objective, target, floor }).toEqual({ objective: 'mse', target: 'column', floor: false });
    expect(data.table?.features.map(({ name }) => name)).toEqual(['speed_m_s', 'x2']);
    const { experiments, validationError, constants } = readProgram(run);
    expect(validationError).toBeLessThan(1e-6);
    expect(experiments[0]!.r2).toBeCloseTo(1, 9);
    expect(constants.find(({ value }) => Math.abs(value - 1) < 1e-6)?.unit).toBe('N');
  });

  it('refuses relative errors of a target of both signs, and what is about steps', async () => {
    const data = run.config.data.source;
    const runs = join(folder, 'none');
    await expect(startRun({ runs, data, objective: 'mape' })).rejects.toThrow('the target `y` has both signs');
    await expect(startRun({ runs, data, objective: 'e2e' })).rejects.toThrow('is of steps and requests');
    await expect(startRun({ runs, data, target: 'cycle' })).rejects.toThrow('it has no steps');
    await expect(rankPredictors({ run })).rejects.toThrow('a leaderboard of step-time predictors needs steps');
  });

  it('is validated, kept, reported and asked models about in its own words', async () => {
    const { experiments, invariants, gap } = await validateProgram(run, undefined, { jobs: 1 });
    expect(experiments.map(({ id, rows }) => [id, rows])).toEqual([['all', 16]]);
    expect(experiments[0]!.rmse).toBeLessThan(1e-6);
    expect([invariants, gap.objective.test < 1e-6]).toEqual([undefined, true]);
    expect(keepProgram(run, undefined, { archive: join(folder, 'kept') }).file).toContain('kept');
    const page = readFileSync((await writeReport(run)).file, 'utf8');
    expect(page).toContain('a made-up drag');
    expect(page).not.toMatch(/step time|µs|INV-M-5/);
    const { system, prompt } = await readPrompt(run);
    expect(system).toContain('a column of a table, y (N)');
    expect(`${system}${prompt}`).not.toMatch(/server|µs|tokens/);
  });

  it('is exported as functions that agree with the program', async () => {
    const dir = (name: string): string => join(folder, name);
    for (const language of ['go', 'python', 'latex', 'tree'] as const) {
      await exportProgramFormula(run, undefined, { dir: dir(language), language });
    }
    expect(readFileSync(join(dir('latex'), 'formula.tex'), 'utf8')).toContain('\\mathrm{y} &=');
    expect(JSON.parse(readFileSync(join(dir('tree'), 'formula.json'), 'utf8'))).toMatchObject({
      columns: expect.arrayContaining([{ name: 'speed_m_s', header: 'speed (m/s)', unit: 'm/s' }]) as unknown,
    });
    if (spawnSync('python3', ['-c', 'import numpy']).status === 0) {
      expect(execute('python3', ['test_model.py'], dir('python'))).toMatchObject({ ok: true });
    } else console.log('NumPy is not installed: the parity test of the Python export is skipped');
    if (goVersion !== undefined) expect(execute('go', ['test', './...'], dir('go'))).toMatchObject({ ok: true });
  });
});
