import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recurrences } from '../../src/baselines/comparison/structures.ts';
import { type LabelledRows, type Predictor, rank } from '../../src/baselines/index.ts';
import { crossValidatedRidge } from '../../src/baselines/lpic/cross-validated-ridge.ts';
import { withoutZeros } from '../../src/baselines/roofline/interpolate.ts';
import { readMfu } from '../../src/baselines/roofline/read-mfu.ts';
import { binColumns } from '../../src/baselines/trees/bins.ts';
import { boostedTrees } from '../../src/baselines/trees/predictor.ts';
import { growTree } from '../../src/baselines/trees/tree.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { architecture, hardware } from '../../src/physics/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import type { Individual } from '../../src/search/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { smallRows } from './sample.ts';

describe('the leaderboard', () => {
  const constant = (name: string, us: number | undefined): Predictor => ({
    name,
    description: name,
    fittedOn: 'nothing',
    fit: () => ({
      parameters: 0,
      notes: [],
      predict: (rows) => (us === undefined ? undefined : rows.steps.stepId.map(() => us)),
    }),
  });
  const contestants = (names: readonly string[]) =>
    names.map((name) => {
      const us = name === 'none' ? undefined : name.startsWith('far') ? 1e9 : 1;
      return { kind: 'baseline', predictor: constant(name, us) } as const;
    });

  it('keeps the order of the contestants among equal errors, with those of no error last', async () => {
    const { data, test } = await smallRows();
    const board = (names: readonly string[]) => rank(contestants(names), data, () => test);
    const { rows, bestBaseline } = board(['none', 'far', 'one', 'two', 'far again']);
    expect(rows.map(({ name }) => name)).toEqual(['one', 'two', 'far', 'far again', 'none']);
    expect(bestBaseline).toBe('one');
    expect(board(['two', 'one', 'none']).bestBaseline).toBe('two');
  });
});

describe('what recurs in several runs', () => {
  const program = (): Program => {
    const parsed = parseProgram('export function predictStepTime(batch) { return batch.requests; }');
    if (!parsed.ok) throw new Error('not a program');
    return parsed.program;
  };
  const individual = (id: string, ...features: readonly string[]): Individual =>
    ({ id, program: program(), complexity: { features } }) as unknown as Individual;

  it('is told by number of runs, then the longest first, then by name', () => {
    const fronts = [
      [individual('p', 'b', 'a', 'long', 'often')],
      [individual('q', 'a', 'often', 'b', 'long')],
      [individual('p', 'often')],
    ];
    for (const order of [fronts, fronts.toReversed()]) {
      const { features, programs } = recurrences(order);
      expect(features.map(({ what, runs }) => `${what} ${runs}`)).toEqual(['often 3', 'long 2', 'a 2', 'b 2']);
      expect(programs).toEqual([{ what: 'p', runs: 2 }]);
    }
  });
});

describe('kernel tables', () => {
  const readTables = (files: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder();
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return readMfu(folder, hardware('H100'));
  };
  const attention = {
    'mha/prefill/h100/64-8-128.csv': 'seq_len,mfu\n1024,0.3\n',
    'mha/decode/h100/64-8-128-tp1.csv': 'batch_size,kv_len,mfu\n1,1024,0.01\n',
  };

  it('answer the first of weights that are equally near, and of equally large ones', () => {
    const gemm = 'm,k,n,mfu\n8,4096,8192,0.1\n8,8192,4096,0.2\n';
    const mfu = readTables({ 'gemm/h100/data.csv': gemm, ...attention });
    expect(mfu.gemm('decode', 8, 4096, 4096)).toBe(0.1);
    expect(mfu.gemm('decode', 8, 9000, 9000)).toBe(0.1);
  });

  it('answer the first file by name of attention shapes that are equally near', () => {
    const { heads, kvHeads, headSize } = architecture('llama-2-70b');
    const name = (more: number): string => `mha/decode/h100/${heads + more}-${kvHeads}-${headSize}-tp2.csv`;
    const mfu = readTables({
      'gemm/h100/data.csv': 'm,k,n,mfu\n8,4096,8192,0.1\n',
      'mha/prefill/h100/64-8-128.csv': 'seq_len,mfu\n1024,0.3\n',
      [name(8)]: 'batch_size,kv_len,mfu\n1,1024,0.08\n',
      [name(-8)]: 'batch_size,kv_len,mfu\n1,1024,0.04\n',
    });
    expect(mfu.decodeAttention(architecture('llama-2-70b'), 4, 1, 1024)).toBe(0.04);
  });

  it('put the value of the first of equally near measurements in the place of none', () => {
    const points = [
      { at: [0], value: 0.2 },
      { at: [1], value: 0 },
      { at: [3], value: 0.4 },
    ];
    // In logarithms of x + 1, 1 is as far from 0 as from 3.
    expect(withoutZeros(points)[1]?.value).toBe(0.2);
    expect(withoutZeros(points.toReversed())[1]?.value).toBe(0.4);
  });
});

describe('choices among fits that are equally good', () => {
  it('split a tree on the first of equal columns, at the first of equal cuts', () => {
    const x = Float64Array.from({ length: 8 }, (_, i) => i);
    const gradients = x.map((value) => (value < 2 || value >= 6 ? 1 : -1));
    const settings = { depth: 1, minChildRows: 1, lambda: 1 };
    const tree = growTree(binColumns([x.map(() => 1), x, x]), gradients, Int32Array.from(x), [0, 1, 2], settings);
    expect([tree.column[0], tree.cut[0]]).toEqual([1, 2]);
  });

  it('take the smallest of equally good ensembles of trees', async () => {
    const { data } = await smallRows();
    const alike = (parts: readonly LabelledRows[]): readonly LabelledRows[] =>
      parts.slice(0, 1).map((part) => ({ ...part, y: part.y.map(() => 500) }));
    const { notes } = boostedTrees().fit(
      { ...data, train: alike(data.train), valid: alike(data.valid) },
      createRandom(1),
    );
    expect(notes).toEqual([`${data.train[0]!.experiment.id}: depth 4, 100 trees, rate 0.05`]);
  });

  it('take the least of equally good penalties, and the greatest where there are too few rows to tell', () => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i);
    const penaltyOf = (rows: number): number =>
      crossValidatedRidge([x.slice(0, rows)], new Float64Array(rows), createRandom(1)).penalty;
    expect(penaltyOf(20)).toBe(0.01);
    expect(penaltyOf(9)).toBe(1);
  });
});
