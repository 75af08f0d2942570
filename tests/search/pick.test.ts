import { describe, expect, it } from 'vitest';
import type { ObjectiveName } from '../../src/evaluate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import * as pick from '../../src/search/pick.ts';
import { programOf } from '../evaluate/tables.ts';
import { blocksOf, frontMember, type Member } from './front-member.ts';

type Front = Parameters<typeof pick.explainPick>[0];

const explainPick = (front: Front, by: ObjectiveName = 'mape') => pick.explainPick(front, by);
const pickProgram = (front: Front, by: ObjectiveName = 'mape') => pick.pickProgram(front, by);
const choosable = (front: Front) => pick.choosable(front, 'replay');

const random = createRandom(5);
/** Blocks of two experiments, hard and easy ones. */
const HARD = [0, 1].map((e) => Array.from({ length: 10 }, (_, b) => 2 + 3 * random.split(e, b).uniform()));

function shifted(by: (experiment: number, block: number) => number): NonNullable<Member['blocks']> {
  return HARD.map((errors, e) => errors.map((error, b) => error + by(e, b)));
}

/** Sometimes better, sometimes worse. */
const EVEN = shifted((_, b) => (b % 2 === 0 ? 0.3 : -0.28));
/** A little worse in every block, by far less than blocks differ, and by more than is of no use. */
const WORSE = shifted((e, b) => 0.3 + 0.05 * random.split('worse', e, b).uniform());

describe('the program to use', () => {
  it('is the smallest that ties with the lowest validation error', () => {
    const front = [
      frontMember('worse', { operations: 1, blocks: WORSE }),
      frontMember('ties', { operations: 5, blocks: EVEN }),
      frontMember('lowest', { operations: 9, blocks: HARD }),
    ];
    const found = explainPick(front)!;
    expect(found.individual.id).toBe('ties');
    expect(found.lowest).toBe('lowest');
    expect(found.difference!.low).toBeLessThan(0);
    expect(found.difference!.high).toBeGreaterThan(0);
    expect(found.warnings).toEqual([]);
    expect(found.validationRows).toBe(200);
  });

  it('is not a smaller one that is worse in every block, however much blocks differ', () => {
    const front = [
      frontMember('worse', { operations: 1, blocks: WORSE }),
      frontMember('lowest', { operations: 9, blocks: HARD }),
    ];
    expect(pickProgram(front)?.id).toBe('lowest');
  });

  it('is a smaller one that is surely worse, but by too little to be of use', () => {
    const front = [
      frontMember('slightly', { operations: 1, blocks: shifted((e, b) => 0.05 + 0.01 * random.split(e, b).uniform()) }),
      frontMember('lowest', { operations: 9, blocks: HARD }),
    ];
    expect(explainPick(front)?.difference!.low).toBeGreaterThan(0);
    expect(pickProgram(front)?.id).toBe('slightly');
  });

  it('does not depend on a block that one of them gets wholly wrong', () => {
    const wild = shifted((_, b) => (b === 3 ? 900 : 0.3));
    const front = [
      frontMember('worse', { operations: 1, blocks: shifted((_, b) => (b === 3 ? -3.5 : 0.3)) }),
      frontMember('wild', { operations: 5, blocks: wild, validationError: 3 }),
      frontMember('lowest', { operations: 9, blocks: HARD, validationError: 2.9 }),
    ];
    expect(pickProgram(front)?.id).toBe('lowest');
  });

  it.each([
    ['e2e', 'lowest'],
    ['mape', 'worse in one'],
  ] as const)('is as much worse as %s makes it of experiments: %s', (objective, id) => {
    const blocks = (by: number) =>
      Array.from({ length: 12 }, (_, e) => HARD[0]!.map((error, b) => error + (e === 0 ? by : 0) + 0.1 * (b % 2)));
    const front = [
      frontMember('worse in one', { operations: 1, blocks: blocks(1.5) }),
      frontMember('lowest', { operations: 9, blocks: blocks(0) }),
    ];
    expect(pickProgram(front, objective)?.id).toBe(id);
  });

  it('has fewer features, then the lower validation error, among equally many operations', () => {
    const front = [
      frontMember('a', { operations: 5, features: 3, blocks: HARD }),
      frontMember('b', { operations: 5, features: 2, blocks: shifted((_, b) => (b % 2 === 0 ? 0.31 : -0.3)) }),
      frontMember('c', { operations: 5, features: 2, blocks: shifted((_, b) => (b % 2 === 0 ? 0.3 : -0.3)) }),
    ];
    expect(pickProgram(front)?.id).toBe('c');
  });

  it('is the smallest of those that are exact but for rounding', () => {
    const front = [
      frontMember('law', { operations: 4, blocks: [[3e-9, 2e-9, 4e-9]] }),
      frontMember('and a term of nothing', { operations: 6, blocks: [[1e-15, 1e-15, 1e-15]] }),
    ];
    expect(pickProgram(front)?.id).toBe('law');
    expect(explainPick(front)?.lowest).toBe('law');
  });

  it('leaves out what has no validation error, and is nothing for an empty front', () => {
    const front = [frontMember('a', { validationError: NaN }), frontMember('b', { operations: 2, validationError: 3 })];
    expect(pickProgram(front)?.id).toBe('b');
    expect(pickProgram([])).toBeUndefined();
  });

  it('has the lowest error itself where logs of an earlier version have no blocks', () => {
    const front = [
      frontMember('a', { validationError: 3.01 }),
      frontMember('b', { operations: 2, validationError: 3 }),
    ];
    const old = front.map((member) => {
      const { validationBlocks: _, ...evaluation } = member.evaluation;
      return { ...member, evaluation };
    });
    expect(pickProgram(old)?.id).toBe('b');
  });

  it('says that it was picked on few rows', () => {
    const made = (rows: number) => [frontMember('a', { blocks: HARD, rows: rows / 2 })];
    expect(explainPick(made(28))?.warnings).toEqual([expect.stringMatching(/picked on 28 validation rows/)]);
    expect(explainPick(made(30))?.warnings).toEqual([]);
  });
});

describe('programs that fail a gate', () => {
  const fit = (a: number | null, b: number | null) => [
    { group: 'all', constants: { a: 1, b: 1 }, standardErrors: { a, b } },
  ];
  const program = programOf({ a: 1, b: 1 }, 'c.a * batch.tokens + c.b * batch.kv');

  it('are not picked where others pass', () => {
    const sound = frontMember('sound', { operations: 9, blocks: WORSE });
    const failing: readonly Member[] = [
      { invariants: { monotonicityViolations: 0.05 } },
      { invariants: { nonPositive: 0.001 } },
      { invariants: { deterministic: false } },
      { invariants: { pure: false } },
      { program, fits: fit(0.1, null) },
    ];
    for (const member of failing) {
      const front = [frontMember('fails', { ...member, blocks: HARD }), sound];
      expect(pickProgram(front)?.id).toBe('sound');
    }
    const passing = frontMember('passes', { program, fits: [...fit(0.1, null), ...fit(null, 0.1)], blocks: HARD });
    expect(pickProgram([passing, sound])?.id).toBe('passes');
  });

  it('are not picked where too few validation rows lie within their intervals, chance aside', () => {
    const sound = frontMember('sound', { operations: 9, blocks: WORSE });
    const covered = (rows: number, coverage: number, high: number) =>
      frontMember('covered', { blocks: HARD, coverage: { rows, coverage, low: 60, high } });
    expect(pickProgram([covered(200, 75, 84), sound])?.id).toBe('sound');
    for (const other of [covered(200, 75, 86), covered(200, 99, 99), covered(29, 60, 80)]) {
      expect(pickProgram([other, sound])?.id).toBe('covered');
    }
    expect(explainPick([covered(200, 75, 84)])?.warnings).toEqual([
      'no program passes all gates; this one fails interval: 75 % of 200 validation rows lie within their 90 % interval, and by chance no more than 84 % do',
    ]);
  });

  it('come after those that may be exported, where all fail one', () => {
    const refused = frontMember('refused', { invariants: { pure: false }, blocks: HARD });
    const weak = frontMember('weak', { operations: 9, program, fits: fit(0.1, null), blocks: WORSE });
    expect(pickProgram([refused, weak])?.id).toBe('weak');
  });

  it('are picked where all do, and it says which', () => {
    const front = [frontMember('only', { program, fits: fit(0.1, null), blocks: HARD })];
    expect(explainPick(front)).toMatchObject({
      individual: { id: 'only' },
      warnings: ['no program passes all gates; this one fails identified: the data does not tell b from 0'],
    });
  });

  it('may have thresholds, which have no standard error', () => {
    const stepped = programOf({ a: 1, b: 1 }, 'batch.tokens > c.b ? c.a * batch.tokens : batch.kv');
    const front = [frontMember('stepped', { program: stepped, fits: fit(0.1, null), blocks: HARD })];
    expect(explainPick(front)?.warnings).toEqual([]);
  });
});

describe('programs that were fitted in closed loop', () => {
  const looped = (id: string, operations: number, errors: NonNullable<Member['blocks']>, error: number) =>
    frontMember(id, {
      operations,
      blocks: HARD,
      closedLoop: { validationError: error, validationBlocks: blocksOf(errors) },
    });

  it('are chosen among by their errors there', () => {
    const front = [
      looped('worse', 3, WORSE, 3.2),
      looped('ties', 7, EVEN, 3.1),
      looped('lowest', 9, HARD, 3),
      frontMember('open', { operations: 1, blocks: HARD, validationError: 0.1 }),
    ];
    expect(pickProgram(front)?.id).toBe('ties');
  });

  it('are those of at most twice the best validation error, eight at most, best first', () => {
    const of = (i: number, validationError: number) => frontMember(`p${i}`, { operations: i, validationError });
    expect(choosable(Array.from({ length: 12 }, (_, i) => of(i, 12 - i))).map(({ id }) => id)).toEqual(['p11', 'p10']);
    expect(choosable(Array.from({ length: 12 }, (_, i) => of(i, 2 - i / 100)))).toHaveLength(8);
    expect(choosable([])).toEqual([]);
  });

  it('are also the smallest that tie, where the lowest errors are those of many', () => {
    const crowd = Array.from({ length: 10 }, (_, i) =>
      frontMember(`p${i}`, { operations: 10 + i, blocks: HARD, validationError: 3 - i / 1000 }),
    );
    const small = frontMember('small', { operations: 2, blocks: EVEN, validationError: 3.1 });
    const worse = frontMember('worse', { operations: 1, blocks: WORSE, validationError: 3.2 });
    const tried = choosable([worse, small, ...crowd]).map(({ id }) => id);
    expect(tried).toEqual(['p9', 'p8', 'p7', 'p6', 'p2', 'p1', 'p0', 'small']);
  });
});
