import { describe, expect, it } from 'vitest';
import { openRows, rank, trainingData } from '../../src/baselines/index.ts';
import { fittedProgram } from '../../src/baselines/fitted-program.ts';
import { reductionRanges, reductionsOfSums } from '../../src/baselines/validation/batch-reductions.ts';
import { sumRanges } from '../../src/baselines/validation/batch-sums.ts';
import { checkMonotonicity } from '../../src/baselines/validation/monotonicity.ts';
import { checkPositivity } from '../../src/baselines/validation/positivity.ts';
import { selectRows } from '../../src/baselines/validation/select-rows.ts';
import { buildTable, makeDataset } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { batchGraph } from '../../src/physics/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { experiment, SKEWED } from '../data/request-state-sample.ts';

const data = makeDataset('memory', [experiment(SKEWED)]);
const table = buildTable(data, { target: 'duration', splits: ['train', 'valid'] });
const [train] = openRows(data, 'duration', 'train');

function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1, b: 1 }; export function predictStepTime(batch, c) { return ${body}; }`,
    { features: table.features },
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}
const LONGEST = programOf('c.a + c.b * batch.max((r) => r.context)');
const FITTED = { a: 10_000, b: 3 };

describe('validation of a program that reads reductions over requests', () => {
  it('predicts step records by the requests that they know', () => {
    const fits = [{ group: 'all', constants: FITTED }];
    const predicted = fittedProgram(LONGEST, fits, 'global').predict(train!);
    expect(predicted).toEqual(train!.y);
  });

  it('ranks it by the requests of the test rows', () => {
    const test = openRows(data, 'duration', 'test');
    const fitted = fittedProgram(LONGEST, [{ group: 'all', constants: FITTED }], 'global');
    const predictor = { name: 'longest', description: '', fittedOn: 'train', fit: () => fitted } as const;
    const { rows } = rank([{ kind: 'front', predictor }], trainingData(data, 'duration'), () => test);
    expect(rows[0]!.unpredicted).toEqual([]);
    expect(rows[0]!.mean.mape).toBe(0);
  });

  it('keeps the requests of rows that it selects', () => {
    const some = selectRows(table, (_, __, row) => row % 2 === 0);
    expect(some.requests!.offsets).toHaveLength(some.y.length + 1);
    // Row 2 of the table: 640 tokens and 80 for each row.
    expect(some.requests!.context[4]).toBe(640 + 2 * 80);
  });

  it('takes the requests of a batch of which only sums are known for alike', () => {
    const { graph } = programOf(
      'batch.sum((r) => r.isPrefill * r.newTokens) + batch.max((r) => r.context) + batch.sum((r) => r.context)',
    );
    const sums = { prefillTokens: 300, prefillRequests: 2, decodeTokens: 3, decodeRequests: 3, kvTokens: 50 };
    const values = Object.values(reductionsOfSums(graph, { ...sums, prefillKvTokens: 20, decodeKvTokens: 36 }));
    expect(values).toEqual([300, 12, 56]);
  });

  it('proves it positive, or finds a batch where it is not, and grows batches', () => {
    const graph = batchGraph(LONGEST, 'requests');
    const ranges = { ...sumRanges(table.features, 'requests'), ...reductionRanges(graph, table.features) };
    const check = (constants: Record<string, number>): string =>
      checkPositivity(graph, constants, train!.context, ranges, createRandom(1)).verdict;
    expect(check(FITTED)).toBe('proved');
    expect(check({ a: 10, b: -3 })).toBe('refuted');
    expect(checkMonotonicity(graph, () => FITTED, [train!]).violations).toBe(0);
    expect(checkMonotonicity(graph, () => ({ a: 1e6, b: -3 }), [train!]).context).toBe(1);
  });
});
