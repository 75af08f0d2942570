import type { RegressionTable, TableExperiment } from '../../src/data/index.ts';
import { createRandom, type Random } from '../../src/numeric/index.ts';
import { batchGrid } from '../../src/physics/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';

export interface Row {
  readonly tokens: number;
  readonly requests: number;
  readonly kv: number;
}

export interface TableOptions {
  readonly experiments?: number;
  /** Training rows of each experiment; validation and test have a third as many each. */
  readonly rows?: number;
  /** Deviation of the logarithm of y. */
  readonly noise?: number;
  readonly seed?: number;
}

/** A small table whose target follows a law; experiments 0, 2, … are of model `a`, the others of model `b` (weight 2). */
export function tableOf(law: (row: Row, experiment: number) => number, options: TableOptions = {}): RegressionTable {
  const { experiments = 4, rows = 150, noise = 0, seed = 1 } = options;
  const perSplit = { train: rows, valid: Math.ceil(rows / 3), test: Math.ceil(rows / 3) };
  const perExperiment = perSplit.train + perSplit.valid + perSplit.test;
  const all: Row[] = [];
  const y: number[] = [];
  for (let experiment = 0; experiment < experiments; experiment++) {
    const random = createRandom(seed).split(experiment);
    for (let i = 0; i < perExperiment; i++) {
      const row = drawRow(random);
      all.push(row);
      y.push(law(row, experiment) * Math.exp(noise * random.normal()));
    }
  }
  const column = (of: (row: Row) => number): Float64Array => Float64Array.from(all, of);
  const requests = column((row) => row.requests);
  return {
    features: [
      { name: 'tokens', unit: 'tokens', meaning: 'tokens of the batch', range: [0, 600] },
      { name: 'requests', unit: 'requests', meaning: 'requests of the batch', range: [0, 128] },
      { name: 'kv', unit: 'tokens', meaning: 'context of the batch', range: [0, 50_000] },
    ],
    columns: [column((row) => row.tokens), requests, column((row) => row.kv)],
    y: Float64Array.from(y),
    weights: {
      e2e: requests,
      ttft: column((row) => (row.tokens > row.requests ? 1 : 0)),
      itl: requests,
    },
    experiments: Array.from({ length: experiments }, (_, index): TableExperiment => {
      const start = index * perExperiment;
      const validStart = start + perSplit.train;
      const testStart = validStart + perSplit.valid;
      return {
        id: `experiment-${index}`,
        model: index % 2 === 0 ? 'a' : 'b',
        workload: `w${Math.floor(index / 2)}`,
        tp: 1,
        modelKey: index % 2 === 0 ? 'a-tp1' : 'b-tp1',
        weight: index % 2 === 0 ? 1 : 2,
        rows: {
          train: [start, validStart],
          valid: [validStart, testStart],
          test: [testStart, start + perExperiment],
        },
      };
    }),
  };
}

function drawRow(random: Random): Row {
  const requests = 1 + random.integer(100);
  const prefill = random.uniform() < 0.3 ? random.integer(400) : 0;
  return { requests, tokens: requests + prefill, kv: Math.round(requests * (50 + 300 * random.uniform())) };
}

/** The table with a physical floor for each model: so many µs for a token, and some for each token of context. */
export function withFloors(table: RegressionTable, perTokenUs: number, perContextUs: number): RegressionTable {
  const limits = { tokenBudget: 2048, requests: 64, contextTokens: 1000, kvTokens: 100_000, blockSize: 16 };
  const grid = batchGrid(limits, 4);
  const { offsets, context, newTokens } = grid.requests;
  const sums = (of: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: offsets.length - 1 }, (_, at) =>
      Array.from(of)
        .slice(offsets[at], offsets[at + 1])
        .reduce((a, b) => a + b, 0),
    );
  const [tokens, kv] = [sums(newTokens), sums(context)];
  const columns = [tokens, Float64Array.from(tokens, (_, at) => offsets[at + 1]! - offsets[at]!), kv];
  const floorUs = tokens.map((count, at) => perTokenUs * count + perContextUs * kv[at]!);
  const keys = [...new Set(table.experiments.map(({ modelKey }) => modelKey))];
  return { ...table, floors: keys.map((modelKey) => ({ modelKey, grid, columns, floorUs })) };
}

/** A program from its constants and the expression it returns. */
export function programOf(constants: Readonly<Record<string, number>>, expression: string): Program {
  const declared = Object.entries(constants).map(([name, start]) => `${name}: ${start}`);
  const text = `export const constants = { ${declared.join(', ')} };
export function predictStepTime(batch, c) { return ${expression}; }`;
  const result = parseProgram(text);
  if (!result.ok) throw new Error(result.diagnostics.map((diagnostic) => diagnostic.message).join('; '));
  return result.program;
}
