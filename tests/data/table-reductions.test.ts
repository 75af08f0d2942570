import { describe, expect, it } from 'vitest';
import { buildTable, knowsRequests, makeDataset, NO_OVERHEADS, withReductionColumns } from '../../src/data/index.ts';
import { createPool, DEFAULT_EVALUATE_SETTINGS, type Evaluation } from '../../src/evaluate/index.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { ReductionColumns } from '../../src/evaluate/reductions.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { predictTable } from '../../src/report/index.ts';
import { EVEN, experiment, SKEWED, stepsOf } from './request-state-sample.ts';

const TABLE = { target: 'duration', splits: ['train', 'valid'] } as const;
const data = makeDataset('memory', [experiment(SKEWED), experiment(EVEN, { id: 'y' })]);
const table = buildTable(data, TABLE);

function programOf(body: string, features?: typeof table.features): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1000, b: 1 }; export function predictStepTime(batch, c) { return ${body}; }`,
    features && { features },
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

async function evaluated(...programs: readonly Program[]): Promise<readonly Evaluation[]> {
  const settings = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, objective: 'mape' as const, floor: false };
  const pool = await createPool(table, settings);
  try {
    return await pool.evaluate(programs.map((program) => ({ program, stream: [] })));
  } finally {
    await pool.close();
  }
}

describe('a table whose rows know their requests', () => {
  it('has them row by row, and what reductions may read', () => {
    expect(knowsRequests(data)).toBe(true);
    expect(table.requests!.offsets).toHaveLength(table.y.length + 1);
    // Training rows 0 to 35 of 60: contexts up to 5 · 16 · (8 + 35), and a quarter above.
    const context = table.features.requests!.fields.find(({ name }) => name === 'context');
    expect(context).toMatchObject({ unit: 'tokens', range: [0, 1.25 * 80 * 43] });
    expect(table.features.requests!.most).toBe(5);
  });

  it('computes a reduction as it computes the feature that is the same, range and all', () => {
    const program = programOf('batch.max((r) => r.context) + batch.sum((r) => Math.ceil(r.context / 16) * 16)');
    const { features, columns } = withReductionColumns(table, program.graph);
    const [longest, blocks] = features.slice(-2);
    const same = (name: string): number => table.features.findIndex((feature) => feature.name === name);
    expect(columns.at(-2)).toEqual(table.columns[same('kvMax')]);
    expect(columns.at(-1)).toEqual(table.columns[same('kvTokens')]);
    expect(longest!.range).toEqual(table.features[same('kvMax')]!.range);
    expect(blocks!.range).toEqual(table.features[same('kvTokens')]!.range);
  });

  it('lays it out as it lays out that feature, in rows that were not measured too', () => {
    const layout = layoutTable(table, { scope: 'global', sampleRows: 100 }, createRandom(3));
    const at = layout.features.findIndex(({ name }) => name === 'kvMax');
    const program = programOf('batch.max((r) => r.context)');
    const [lent] = new ReductionColumns(table, layout).lentTo(program);
    const [{ raised, probes }] = layout.groups as [(typeof layout.groups)[number]];
    expect(raised[1] - raised[0]).toBeGreaterThan(0);
    expect(probes[1] - probes[0]).toBeGreaterThan(0);
    for (const [row, value] of layout.columns[at]!.entries()) expect(lent!.column[row]).toBeCloseTo(value, 9);
    // A sum of nothing but requests grows with their number.
    const [count] = new ReductionColumns(table, layout).lentTo(programOf('batch.sum((r) => 1)'));
    expect(count!.column[raised[0]]).toBeCloseTo(4.2, 12);
  });

  it('fits and predicts programs that read reductions, in another process', async () => {
    const longest = programOf('c.a + c.b * batch.max((r) => r.context)', table.features);
    const [found, endless, known] = await evaluated(
      longest,
      programOf('c.a + c.b * batch.sum((r) => 1 / (r.context - r.context))'),
      programOf('c.a + c.b * batch.kvMax'),
    );
    if (found?.status !== 'ok') throw new Error(`${found?.reason}: ${found?.detail}`);
    expect(found.fits[0]!.constants['a']).toBeCloseTo(10_000, 2);
    expect(found.fits[0]!.constants['b']).toBeCloseTo(3, 5);
    expect(found.invariants).toMatchObject({ deterministic: true, pure: true, monotonicityViolations: 0 });
    // The same function of another name: to the bit.
    expect({ ...found, residualCorrelations: [] }).toEqual({ ...known, residualCorrelations: [] });
    expect(endless).toMatchObject({ status: 'rejected' });
    const predicted = predictTable(table, longest, found.fits, DEFAULT_EVALUATE_SETTINGS.scope);
    for (const [row, y] of table.y.entries()) expect(predicted[row]).toBeCloseTo(y, 3);
  });

  it('refuses a reduction of a program that comes over a wire where the requests are not known', async () => {
    const without = makeDataset('memory', [
      experiment(SKEWED),
      experiment(EVEN, {
        id: 'y',
        steps: { ...stepsOf(EVEN), decodeRequests: stepsOf(EVEN).decodeRequests.map(() => 5) },
      }),
    ]);
    expect(knowsRequests(without)).toBe(false);
    const plain = buildTable(without, TABLE);
    expect([plain.requests, plain.features.requests]).toEqual([undefined, undefined]);
    const pool = await createPool(plain, { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1 });
    const [evaluation] = await pool.evaluate([{ program: programOf('c.a * batch.sum((r) => r.context)'), stream: [] }]);
    await pool.close();
    expect(evaluation).toMatchObject({
      status: 'rejected',
      reason: 'unknown-feature',
      detail: expect.stringContaining('does not have the state of each request') as string,
    });
  });

  it('takes replayed requests for recorded ones', () => {
    const { state: _, steps, ...rest } = experiment(SKEWED);
    const rows = buildTable(makeDataset('memory', [experiment(SKEWED)]), {
      ...TABLE,
      splits: ['train', 'valid', 'test'],
    });
    const none = new Int32Array();
    const replay = {
      steps: steps!,
      counts: new Float64Array(60).fill(1),
      arrivalRow: none,
      firstTokenRow: none,
      lastTokenRow: none,
      arrivalHead: new Float64Array(),
      overheads: NO_OVERHEADS,
    };
    expect(knowsRequests(makeDataset('memory', [{ ...rest, replay }]))).toBe(false);
    const withRequests = { ...replay, requests: rows.requests! };
    expect(knowsRequests(makeDataset('memory', [{ ...rest, replay: withRequests }]))).toBe(true);
  });
});
