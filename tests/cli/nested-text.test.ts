import { describe, expect, it } from 'vitest';
import type { NestedProgress, ValidateDocument } from '../../src/app/index.ts';
import { learningCurveSections } from '../../src/cli/learning-curve-text.ts';
import { NestedProgressLine } from '../../src/cli/nested-progress.ts';
import { nestedSections } from '../../src/cli/nested-text.ts';
import { DEFAULT_CAPS } from '../../src/program/index.ts';
import { DEFAULT_SETTINGS, initialState } from '../../src/search/index.ts';

const WIDTH = 80;

function widest(sections: readonly string[]): number {
  return Math.max(...sections.flatMap((section) => section.split('\n')).map((line) => line.length));
}

describe('a structure that was searched again, for the terminal', () => {
  const average = (name: string, kind: string, mape: number | null, e2e: number | null): object => ({
    name,
    kind,
    predicted: mape === null ? 0 : 11,
    mean: { mape, e2eError: mape },
    served: e2e === null ? 0 : 11,
    closedLoop: e2e === null ? null : { mean: {}, median: { ttft: 123_456, itl: 12.3, e2e } },
  });
  const checks = {
    leaveOneModelOut: {
      averages: [
        average('searched without it', 'searched', 12.3, 12.3),
        average("the run's structure", 'refitted', 2.34, 1.23),
        average('naive-mean-experiment', 'baseline', null, null),
        average('blackbox-global', 'baseline', 45.6, 12.3),
        average('corrections-9-global', 'baseline', 5.67, 12.3),
      ],
      folds: [
        {
          heldOut: 'mixtral-8x7b-v0-1-tp2-H100',
          pick: { id: '8fbd5e8b', operations: 10, features: 4, validationError: 2.91 },
          contenders: [],
        },
        {
          heldOut: 'llama-2-7b-tp1-H100',
          pick: null,
          contenders: [
            { kind: 'searched', name: 'searched without it', problem: 'the data has no validation rows' },
            { kind: 'baseline', name: 'ridge-30', problem: 'not fitted for such experiments' },
          ],
        },
      ],
    },
    leaveOneWorkloadOut: { impossible: 'all experiments have one workload: chat' },
    leaveOneGpuOut: { impossible: 'all experiments have one kind of GPU: H100' },
    leaveHighLoadOut: { impossible: 'no model was measured at loads that differ by a factor of 1.25' },
    lowToHighLoad: { impossible: 'no steps were recorded' },
  };
  const nested = { generations: 100, modelsLeftOut: true, otherSeeds: ['kept'], checks };
  const sections = nestedSections({ nested } as unknown as ValidateDocument);

  it('sets both structures before the baselines, the best of which come first and the silent ones last', () => {
    const names = sections[1]!
      .split('\n')
      .slice(3, 8)
      .map((line) => line.slice(0, 21).trim());
    expect(names).toEqual([
      'searched without it',
      "the run's structure",
      'corrections-9-global',
      'blackbox-global',
      'naive-mean-experiment',
    ]);
    expect(sections[1]).toMatch(/naive-mean-experiment +0 +– +– +0 +– +– +–/);
  });

  it('says what was picked, what came to nothing, and what a reader must know', () => {
    expect(sections[1]).toMatch(/mixtral-8x7b-v0-1-tp2-H100 +8fbd5e8b +10 +4 +2.91/);
    expect(sections[1]).toMatch(/llama-2-7b-tp1-H100, searched without it: the data has no validation rows/);
    expect(sections[1]).not.toMatch(/ridge-30/);
    expect(sections[0]).toMatch(/100 generations.*grammar took the place.*may have seen the parts.*kept/s);
    expect(sections[2]).toMatch(/not possible,\nall experiments have one workload: chat/);
  });

  it('has no columns of steps where none were recorded, nor of clients where nobody was served', () => {
    const headOf = (mape: number | null, e2e: number | null): string | undefined => {
      const averages = [average('searched without it', 'searched', mape, e2e)];
      const only = { ...checks, leaveOneModelOut: { averages, folds: [] } };
      const document = { nested: { ...nested, checks: only } } as unknown as ValidateDocument;
      return nestedSections(document)[1]!.split('\n')[1];
    };
    expect(headOf(null, 4)).toMatch(/^predictor +clients of +TTFT % +ITL % +E2E %$/);
    expect(headOf(4, null)).toMatch(/^predictor +steps of +MAPE % +E2E %$/);
  });

  it('fits into 80 columns, and is nothing where it was not asked for', () => {
    expect(widest(sections)).toBeLessThanOrEqual(WIDTH);
    expect(nestedSections({} as ValidateDocument)).toEqual([]);
  });
});

describe('learning curves for the terminal', () => {
  const point = (rows: number, repeats: number, mape: number | null): object => ({
    rows,
    repeats,
    mape,
    low: mape === null ? null : mape - 1,
    high: mape === null ? null : mape + 2,
  });
  const curve = (name: string, mape: number | null): object => ({
    name,
    points: [...[45.6, 96, 191, 381].map((rows) => point(rows, mape === null ? 0 : 5, mape)), point(759, 1, mape)],
  });

  it('give means and half the range of draws by training rows, within 80 columns', () => {
    const learningCurve = {
      experiments: [],
      curves: [curve('the program', 22.2), curve('naive-mean-experiment', null)],
    };
    const sections = learningCurveSections({ learningCurve } as unknown as ValidateDocument);
    expect(sections[0]).toMatch(/training rows +46 +96 +191 +381 +759/);
    expect(sections[0]).toMatch(/the program +22\.2 ±1\.50 .* 22\.2$/m);
    expect(sections[0]).toMatch(/naive-mean-experiment( +–){5}/);
    expect(widest(sections)).toBeLessThanOrEqual(WIDTH);
  });

  it('say why there are none', () => {
    const learningCurve = { impossible: 'no steps' };
    expect(learningCurveSections({ learningCurve } as unknown as ValidateDocument)).toEqual([
      'Learning curve: not possible,\nno steps',
    ]);
  });
});

describe('progress of searches without a part', () => {
  it('counts what is left over all of them, from where this command began', () => {
    let written = '';
    let ms = 0;
    const line = new NestedProgressLine(
      {
        isTTY: true,
        write: (text: string | Uint8Array) => {
          written = String(text);
          return true;
        },
      },
      () => ms,
    );
    const start = initialState({ ...DEFAULT_SETTINGS, seed: 1, caps: DEFAULT_CAPS });
    const folds = [
      { generations: 20, stored: 20, isDone: true },
      { generations: 20, stored: 10, isDone: false },
      { generations: 20, stored: 0, isDone: false },
    ];
    const show = (fold: number, generation: number, isOver: boolean): void => {
      const state = { ...start, generation, stopped: isOver ? ('generations' as const) : null };
      folds[fold] = { generations: 20, stored: generation, isDone: isOver };
      line.show({ fold, heldOut: 'chat', folds, state } satisfies NestedProgress);
    };
    show(1, 10, false);
    expect(written).toContain('without chat (2 of 3)  generation 10/20');
    expect(written).not.toContain('ETA');
    ms = 5000;
    show(1, 15, false);
    // Five generations took five seconds; 5 and 20 are left.
    expect(written).toContain('ETA 25 s');
    ms = 20_000;
    folds[1] = { generations: 20, stored: 20, isDone: true };
    show(2, 20, true);
    expect(written).not.toContain('ETA');
    expect(written).toMatch(/\n$/);
  });
});
