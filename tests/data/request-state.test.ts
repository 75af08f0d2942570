import { describe, expect, it } from 'vitest';
import { openRows } from '../../src/baselines/index.ts';
import { featureColumns } from '../../src/baselines/feature-columns.ts';
import { buildTable, type Dataset, describeDataset, type Experiment, makeDataset } from '../../src/data/index.ts';
import { createPool, DEFAULT_EVALUATE_SETTINGS, type GroupFit } from '../../src/evaluate/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { EVEN, experiment, ROWS, SKEWED, stepsOf } from './request-state-sample.ts';
import { range } from './sample.ts';

function dataset(...experiments: readonly Experiment[]): Dataset {
  return makeDataset('memory', experiments);
}

function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1000, b: 1 }; export function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

function columnsOf(data: Dataset): Record<string, Float64Array> {
  const { features, columns } = buildTable(data, { target: 'duration', splits: ['train', 'valid', 'test'] });
  return Object.fromEntries(features.map(({ name }, at) => [name, columns[at]!]));
}

const TABLE = { target: 'duration', splits: ['train', 'valid'] } as const;
// The law is made up.
const SETTINGS = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, objective: 'mape' as const, floor: false };

async function fit(program: Program, data: Dataset): Promise<readonly GroupFit[]> {
  const pool = await createPool(buildTable(data, TABLE), SETTINGS);
  try {
    const [evaluation] = await pool.evaluate([{ program, stream: [] }]);
    if (evaluation?.status !== 'ok') throw new Error(`${evaluation?.reason}: ${evaluation?.detail}`);
    return evaluation.fits;
  } finally {
    await pool.close();
  }
}

async function mape(program: Program, fits: readonly GroupFit[], data: Dataset): Promise<number> {
  const pool = await createPool(buildTable(data, TABLE), SETTINGS);
  try {
    return (await pool.score(program, fits, 'train'))[0]!.mape;
  } finally {
    await pool.close();
  }
}

describe('two datasets that differ only in how contexts are spread over requests', () => {
  const even = dataset(experiment(EVEN));
  const skewed = dataset(experiment(SKEWED));

  it('have the same sums, and different longest contexts and variances', () => {
    const [one, other] = [columnsOf(even), columnsOf(skewed)];
    const differing = Object.keys(one).filter((name) => one[name]!.some((value, row) => value !== other[name]![row]));
    expect(differing).toEqual(['kvMax', 'decodeKvMax', 'kvVariance']);
    // Row 0: four contexts of 256 tokens; 640 and three of 128.
    for (const columns of [one, other]) {
      expect([columns['decodeKvTokens']![0], columns['kvTokens']![0], columns['kvMean']![0]]).toEqual([
        1024, 1024, 256,
      ]);
    }
    expect([one['kvMax']![0], one['kvVariance']![0]]).toEqual([256, 0]);
    // (384² + 3 · 128²) / 4
    expect([other['kvMax']![0], other['kvVariance']![0]]).toEqual([640, 49_152]);
  });

  it('are told apart by a program that uses the longest context, and by none that uses sums', async () => {
    const longest = programOf('c.a + c.b * batch.kvMax');
    const fits = await fit(longest, skewed);
    expect(fits[0]!.constants['a']).toBeCloseTo(10_000, 2);
    expect(fits[0]!.constants['b']).toBeCloseTo(3, 5);
    expect(await mape(longest, fits, even)).toBeLessThan(1e-4);
    const sum = programOf('c.a + c.b * batch.decodeKvTokens');
    const blind = await fit(sum, skewed);
    // It learns 10000 + 3 · 0.625 · Σ, where the even batches take 10000 + 3 · 0.25 · Σ: 1152 µs more than 10768 in row 0.
    expect(blind[0]!.constants['b']).toBeCloseTo(1.875, 5);
    expect(await mape(sum, blind, even)).toBeGreaterThan(10);
  });

  it('give the same columns to those that read step records as to the search', () => {
    const { graph } = programOf('c.a * batch.kvMax + c.b * batch.kvVariance');
    const [rows] = openRows(skewed, 'duration', 'train');
    const columns = columnsOf(skewed);
    for (const [name, column] of Object.entries(featureColumns(graph, rows!))) {
      expect([...column]).toEqual([...columns[name]!.subarray(0, column.length)]);
    }
  });
});

describe('exact contexts', () => {
  const NEW = ['kvMax', 'decodeKvMax', 'kvVariance', 'kvMean'];
  const offered = (data: Dataset): readonly string[] =>
    describeDataset(data)
      .features.map(({ name }) => name)
      .filter((name) => NEW.includes(name));
  const { state: _, ...stateless } = experiment(EVEN, { id: 'y' });

  it('are offered where every experiment with step records has the state of requests', () => {
    const { steps: __, ...summaryOnly } = stateless;
    expect(offered(dataset(experiment(EVEN)))).toEqual(NEW);
    expect(offered(dataset(experiment(EVEN), { ...summaryOnly, id: 'z' }))).toEqual(NEW);
    expect(offered(dataset(experiment(EVEN), stateless))).toEqual([]);
    expect(offered(dataset({ ...summaryOnly, id: 'z' }))).toEqual([]);
  });

  it('are not believed where a batch has more requests than the state', () => {
    const decodeRequests = Float64Array.from(range(0, ROWS), (row) => (row === 7 ? 5 : 4));
    expect(offered(dataset(experiment(EVEN, { steps: { ...stepsOf(EVEN), decodeRequests } })))).toEqual([]);
  });

  it('leave the estimate from blocks where some state is missing, for all experiments alike', () => {
    const mixed = columnsOf(dataset(experiment(SKEWED), stateless));
    expect(Object.keys(mixed)).toEqual(Object.keys(columnsOf(dataset(stateless))));
    // 300 blocks in use in the first record of either experiment.
    expect([mixed['decodeKvTokens']![0], mixed['decodeKvTokens']![ROWS]]).toEqual([4800, 4800]);
  });
});
