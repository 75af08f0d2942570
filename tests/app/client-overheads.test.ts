import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { exportProgram, keepProgram, readKeptProgram, startRun } from '../../src/app/index.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { type ClosedLoopFit, fitsInUse } from '../../src/evaluate/index.ts';
import { writeCheckpoint } from '../../src/run/checkpoint.ts';
import { archiveHash, findProgram, openRun, readState, type Run } from '../../src/run/index.ts';
import type { ClosedLoopEvent } from '../../src/search/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { withoutChecksums } from '../run/old-log.ts';
import { copyOf } from '../run/toy-run.ts';
import { folderForAll } from '../temporary-folder.ts';

const OVERHEADS = { requestUs: 14_300.25, completionUs: 777.5, tokenUs: 45.9 };
const root = folderForAll();
let plain: Run;
/** The same run, with a program of its front fitted in closed loop. */
let run: Run;
let id: string;
let fitted: ClosedLoopFit;

beforeAll(async () => {
  const data = join(root, 'data');
  saveDataset(withReplays(makeDataset('made up', [served(SERVER)])), data);
  const directory = join(root, 'run');
  const search = { generations: 0, children: 1, islands: 1 };
  await startRun({ data, directory, runs: root, jobs: 1, objective: 'e2e', search });
  plain = openRun(directory);
  run = copyOf(plain);
  const [first] = readState(run).state.archive.front;
  const evaluation = first!.evaluation;
  id = first!.id;
  fitted = {
    fits: evaluation.fits.map((fit) => ({
      ...fit,
      constants: Object.fromEntries(Object.entries(fit.constants).map(([name, value]) => [name, 1.5 * value])),
      overheads: OVERHEADS,
    })),
    rounds: 5,
    converged: false,
    saturated: ['run-1'],
    error: 1.25,
    validationError: 2.5,
    latencies: { ttft: 4, itl: 1, e2e: 2 },
  };
  const looped: ClosedLoopEvent = { type: 'closed-loop', generation: 0, programs: [{ id, closedLoop: fitted }] };
  const lines = withoutChecksums(readFileSync(run.files.events, 'utf8')).trimEnd().split('\n');
  writeFileSync(run.files.events, `${[...lines.slice(0, -1), JSON.stringify(looped), lines.at(-1)].join('\n')}\n`);
  rmSync(run.files.checkpoint, { force: true });
}, 60_000);

describe('what was fitted in closed loop', () => {
  it('is read from the log of a run as it was written, and is part of the archive', () => {
    const { state } = readState(run);
    const { evaluation } = findProgram(run, state, id);
    expect(evaluation.closedLoop).toEqual(fitted);
    expect(fitsInUse(evaluation)[0]!.overheads).toEqual(OVERHEADS);
    expect(archiveHash(state)).not.toBe(archiveHash(readState(plain).state));
  });

  it('goes through a checkpoint', () => {
    const continued = copyOf(run);
    const stored = readState(continued);
    writeCheckpoint(continued.files.checkpoint, stored);
    expect(findProgram(continued, readState(continued).state, id).evaluation.closedLoop).toEqual(fitted);
  });

  it('is kept with a program, and read again', () => {
    const { file } = keepProgram(run, id, { archive: join(root, 'kept') });
    const kept = readKeptProgram(file);
    const [{ group, constants }] = fitted.fits as [(typeof fitted.fits)[0]];
    expect(kept.constantsByGroup).toEqual({ [group]: constants });
    expect(kept.overheadsByGroup).toEqual({ [group]: OVERHEADS });
    const { figures } = parse(readFileSync(file, 'utf8')) as { figures: { closedLoop: object } };
    const { fits: _, ...rest } = fitted;
    expect(figures.closedLoop).toEqual(rest);
  });

  it('is not in a kept program of before, and a negative one is refused', () => {
    const text = readFileSync(keepProgram(run, id, { archive: join(root, 'kept-again') }).file, 'utf8');
    const { overheadsByGroup: _none, ...earlier } = parse(text) as Record<string, unknown>;
    const without = join(root, 'without.yaml');
    writeFileSync(without, stringify(earlier));
    expect(readKeptProgram(without).overheadsByGroup).toEqual({});
    const wrong = join(root, 'wrong.yaml');
    writeFileSync(wrong, text.replace('tokenUs: 45.9', 'tokenUs: -45.9'));
    expect(() => readKeptProgram(wrong)).toThrow(/overheadsByGroup\..*tokenUs/);
  });

  it('is exported: constants, coefficients alpha and how the fit went', async () => {
    const dir = join(root, 'go');
    await exportProgram(run, id, { dir, interface: 'blis-main' });
    const { steptime_coefficients: models } = parse(readFileSync(join(dir, 'coefficients.yaml'), 'utf8')) as {
      steptime_coefficients: readonly { alpha_coeffs: readonly number[]; beta_coeffs: readonly number[] }[];
    };
    expect(models).toHaveLength(1);
    expect(models[0]!.alpha_coeffs).toEqual([14_300.25, 777.5, 45.9]);
    expect(models[0]!.beta_coeffs).toEqual(Object.values(fitted.fits[0]!.constants));
    const readme = readFileSync(join(dir, 'README.md'), 'utf8');
    for (const words of ['served up to 5 times', 'converged: no', 'saturated: `run-1`'])
      expect(readme).toContain(words);
  });
});
