import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { smallDataset } from '../baselines/sample.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { evolve, evolveJson } from './evolve.ts';
import { saveSmallData } from './small-data.ts';

const SHORT = ['run', '--data', 'small', '--generations', '2', '--children', '2', '--scope', 'model'];
const OPEN = [...SHORT, '--no-closed-loop'];

interface Board {
  readonly target: string;
  readonly run: string | null;
  readonly testAccess: { readonly command: string; readonly at: string; readonly recordedIn: readonly string[] };
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    readonly fittedOn: string;
    readonly mean: { readonly mape: number | null };
    readonly experiments: readonly object[];
    readonly closedLoop: {
      readonly missing: Readonly<Record<string, string>>;
      readonly mean: { readonly e2e: number };
      readonly experiments: readonly { readonly id: string; readonly requests: number }[];
    } | null;
  }[];
  readonly queueing: { readonly missing: Readonly<Record<string, string>> };
}

/** The commands that opened test rows, as a file has them. */
function openings(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { command: string }).command);
}

describe('evolve leaderboard', () => {
  it('ranks every baseline and the run, and records that test rows were opened', { timeout: 240_000 }, async () => {
    const folder = temporaryFolder();
    await saveSmallData(folder);
    const { best } = evolveJson<{ best: { id: string } }>(folder, ...SHORT, '--out', 'mine');
    const board = evolveJson<Board>(folder, 'leaderboard', 'mine');
    const validated = evolveJson<{ mean: { mape: number }; invariants: object; generalisation: object }>(
      folder,
      'validate',
      'mine',
    );

    expect(board).toMatchObject({ target: 'cycle', run: 'mine', testAccess: { command: 'leaderboard' } });
    const winner = board.rows.find(({ kind }) => kind === 'winner')!;
    expect(winner.name).toBe(`program ${best.id}`);
    expect(winner.mean.mape!).toBeCloseTo(validated.mean.mape, 6);
    expect(board.rows.filter(({ kind }) => kind === 'baseline')).toHaveLength(15);
    for (const row of board.rows) {
      expect(row.fittedOn).not.toBe('');
      expect(row.experiments).toHaveLength(2);
      const { experiments, missing } = row.closedLoop!;
      expect(experiments.length + Object.keys(missing).length).toBe(2);
    }
    expect(Object.keys(board.queueing.missing)).toHaveLength(2);
    expect(Object.keys(validated.invariants)).toHaveLength(6);
    expect(Object.keys(validated.generalisation)).toEqual([
      'leaveOneModelOut',
      'leaveOneWorkloadOut',
      'leaveOneGpuOut',
      'leaveHighLoadOut',
      'lowToHighLoad',
    ]);

    for (const path of ['mine/test-access.jsonl', 'small/test-access.jsonl'])
      expect(openings(join(folder, path))).toEqual(['leaderboard', 'validate']);
  });

  it('ranks by closed loop where requests alone were logged, as validation judges too', {
    timeout: 240_000,
  }, () => {
    const folder = temporaryFolder();
    saveDataset(withReplays(makeDataset('made up', [served(SERVER)])), join(folder, 'small'));
    evolveJson(folder, ...SHORT, '--out', 'mine');
    const board = evolveJson<Board>(folder, 'leaderboard', 'mine');
    expect(board.rows.filter(({ kind }) => kind === 'baseline')).toHaveLength(15);
    const errors = board.rows.map(({ closedLoop, mean, experiments }) => {
      expect(closedLoop!.experiments).toMatchObject([{ id: 'run-1', requests: 20 }]);
      expect([mean.mape, experiments]).toEqual([null, []]);
      return closedLoop!.mean.e2e;
    });
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
    const { closedLoop } = evolveJson<{ closedLoop: { mean: { e2e: number }; experiments: readonly object[] } }>(
      folder,
      'validate',
      'mine',
    );
    const winner = board.rows.find(({ kind }) => kind === 'winner')!;
    expect(closedLoop.mean.e2e).toBeCloseTo(winner.closedLoop!.mean.e2e, 9);
    expect(closedLoop.experiments).toMatchObject([{ id: 'run-1', requests: 20 }]);
    for (const path of ['mine/test-access.jsonl', 'small/test-access.jsonl'])
      expect(openings(join(folder, path))).toEqual(['leaderboard', 'validate']);
  });

  it('refuses a run on other data, and two output formats at once', () => {
    const folder = temporaryFolder();
    const both = evolve(folder, 'leaderboard', '--json', '--markdown');
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/--json and --markdown exclude each other/);
    const missing = evolve(folder, 'leaderboard', 'nowhere');
    expect(missing.code).toBe(1);
    expect(existsSync(join(folder, 'test-access.jsonl'))).toBe(false);
  });
});

describe('data without test rows', () => {
  it('is refused before anything is written down as opened', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const { experiments } = await smallDataset();
    // Without records of consecutive steps among the last fifth there is no cycle to test on, and without a log no request.
    const thinned = experiments.map(({ requests: _none, ...experiment }) => {
      const stepId = experiment.steps!.stepId.map((id, row, { length }) => (row < 0.8 * length ? id : id + row));
      return { ...experiment, steps: { ...experiment.steps!, stepId } };
    });
    saveDataset(makeDataset('thinned', thinned), join(folder, 'small'));
    evolveJson(folder, ...SHORT, '--out', 'mine');
    for (const command of ['validate', 'leaderboard']) {
      const outcome = evolve(folder, command, 'mine', '--json');
      expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 1, stdout: '' });
      expect(outcome.stderr).toMatch(/no test rows for the target `cycle`/);
    }
    expect(existsSync(join(folder, 'mine/test-access.jsonl'))).toBe(false);
    expect(existsSync(join(folder, 'small/test-access.jsonl'))).toBe(false);
  });
});

describe('evolve run --seeds and evolve compare', () => {
  it('make independent runs and compare them, as a single run of each seed would be', {
    timeout: 240_000,
  }, async () => {
    const folder = temporaryFolder();
    await saveSmallData(folder);
    interface Comparison {
      readonly runs: readonly { readonly run: string; readonly seed: number; readonly pick: string }[];
      readonly groups: readonly { readonly operator: string; readonly figures: { bestError: { runs: number } } }[];
    }
    const both = evolveJson<Comparison>(folder, ...OPEN, '--seeds', '1..2', '--out', 'two');
    expect(both.runs.map(({ seed }) => seed)).toEqual([1, 2]);
    const alone = evolveJson<{ best: { id: string } }>(folder, ...OPEN, '--seed', '2', '--out', 'alone');
    expect(both.runs[1]!.pick).toBe(alone.best.id);

    evolveJson(folder, ...OPEN, '--operator', 'random', '--out', 'control');
    const compared = evolveJson<Comparison>(folder, 'compare', 'two/seed1', 'two/seed2', 'control');
    expect(compared.groups.map(({ operator, figures }) => [operator, figures.bestError.runs])).toEqual([
      ['grammar', 2],
      ['random', 1],
    ]);
    expect(existsSync(join(folder, 'two/seed1/test-access.jsonl'))).toBe(false);
    expect(evolve(folder, 'compare', 'alone').stderr).toMatch(/at least two runs/);
  });
});
