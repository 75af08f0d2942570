import type {
  Accepted,
  Candidate,
  Evaluation,
  Evaluator,
  ExperimentMetrics,
  GroupFit,
} from '../../src/evaluate/index.ts';
import { createRandom, leastSquares, mean, pearson } from '../../src/numeric/index.ts';
import { evaluateColumns, type FeatureTable, parseProgram, type Program } from '../../src/program/index.ts';
import type { Seed } from '../../src/search/index.ts';

/** Features of a small synthetic world. */
export const TOY_FEATURES: FeatureTable = [
  { name: 'computeUs', unit: 'µs', meaning: 'time of the products', range: [0, 900] },
  { name: 'memoryUs', unit: 'µs', meaning: 'time of the memory', range: [100, 600] },
  { name: 'requests', unit: 'requests', meaning: 'requests in the batch', range: [1, 64] },
  { name: 'tokens', unit: 'tokens', meaning: 'tokens in the batch', range: [1, 512] },
];

type Row = Readonly<Record<string, number>>;

interface ToyRows {
  readonly rows: readonly Row[];
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly y: readonly number[];
}

function makeRows(count: number, stream: string): ToyRows {
  const random = createRandom(7).split(stream);
  const rows = Array.from({ length: count }, () =>
    Object.fromEntries(TOY_FEATURES.map(({ name, range: [lo, hi] }) => [name, lo + random.uniform() * (hi - lo)])),
  );
  const y = rows.map((row) => {
    const { computeUs = 0, memoryUs = 0, requests = 0 } = row;
    return (300 + Math.max(1.4 * computeUs, 1.2 * memoryUs) + 6 * requests) * (1 + 0.01 * random.normal());
  });
  const columns = Object.fromEntries(
    TOY_FEATURES.map(({ name }) => [name, Float64Array.from(rows, (row) => row[name] as number)]),
  );
  return { rows, columns, y };
}

const TRAIN = makeRows(60, 'train');
const VALID = makeRows(40, 'valid');

function predict(program: Program, values: ArrayLike<number>, { rows, columns }: ToyRows): readonly number[] {
  const constants = Object.fromEntries(program.constants.map(({ name }, i) => [name, values[i] as number]));
  return Array.from(evaluateColumns(program.graph, columns, constants, rows.length)[0]!);
}

function relative(predicted: readonly number[], y: readonly number[]): number[] {
  return predicted.map((p, i) => (p - (y[i] as number)) / (y[i] as number));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
}

/** Levenberg–Marquardt on the relative error, with slopes by finite differences: the world is small. */
function fit({ program, fits }: Candidate): Float64Array {
  const start = Float64Array.from(program.constants, ({ name, start: value }) => fits?.[0]?.constants[name] ?? value);
  const residuals = (values: Float64Array): number[] => relative(predict(program, values, TRAIN), TRAIN.y);
  const cost = (values: Float64Array): number => residuals(values).reduce((sum, r) => sum + r * r, 0) / 2;
  const n = start.length;
  const problem = {
    size: n,
    cost,
    normalEquations: (values: Float64Array, jtj: Float64Array, jtr: Float64Array): number => {
      const at = residuals(values);
      const slopes = Array.from(values, (value, k) => {
        const step = 1e-6 * Math.max(1e-3, Math.abs(value));
        const moved = residuals(values.with(k, value + step));
        return moved.map((r, i) => (r - (at[i] as number)) / step);
      });
      slopes.forEach((a, i) => {
        jtr[i] = dot(a, at);
        slopes.forEach((b, j) => {
          jtj[i * n + j] = dot(a, b);
        });
      });
      return dot(at, at) / 2;
    },
  };
  // Few iterations, so that going on from earlier constants still has something to gain.
  const maxIterations = fits === undefined ? 8 : 50;
  return n === 0 ? start : leastSquares(problem, start, { maxIterations }).parameters;
}

function metrics(id: string, predicted: readonly number[], y: readonly number[]): ExperimentMetrics {
  const errors = relative(predicted, y);
  const mape = 100 * mean(errors.map(Math.abs));
  const bias = 100 * Math.abs(mean(predicted) / mean(y) - 1);
  return {
    id,
    rows: y.length,
    mape,
    mspe: 100 * mean(errors),
    pearson: pearson(predicted, y),
    p99: 100 * Math.max(...errors.map(Math.abs)),
    e2eError: bias,
    e2eBlockError: bias,
    prefillWeightedError: bias,
    decodeWeightedError: bias,
  };
}

function evaluateOne(candidate: Candidate): Evaluation {
  const { program } = candidate;
  const constants = fit(candidate);
  const train = predict(program, constants, TRAIN);
  if (!train.every((p) => Number.isFinite(p) && p > 0)) {
    return { status: 'rejected', reason: 'not-positive', detail: 'a prediction is not positive' };
  }
  const valid = predict(program, constants, VALID);
  const residuals = relative(train, TRAIN.y);
  const residualCorrelations = TOY_FEATURES.map(({ name }) => ({
    feature: name,
    r: pearson(
      residuals,
      TRAIN.rows.map((row) => row[name] as number),
    ),
  })).sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
  const trainMetrics = metrics('toy', train, TRAIN.y);
  const validMetrics = metrics('toy', valid, VALID.y);
  const named = Object.fromEntries(program.constants.map(({ name }, i) => [name, constants[i] as number]));
  const result: Accepted = {
    status: 'ok',
    error: trainMetrics.mape,
    validationError: validMetrics.mape,
    fits: [{ group: 'all', constants: named, standardErrors: {} }],
    metrics: { train: [trainMetrics], valid: [validMetrics] },
    residualCorrelations,
    invariants: { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 },
  };
  return result;
}

/**
 * An evaluator in this process over the small world. `delay` puts a pause before an answer, so that answers of one batch
 * are made in another order than the candidates'.
 */
export function createToyEvaluator(delay?: (index: number) => number): Evaluator & { readonly evaluated: string[] } {
  const evaluated: string[] = [];
  return {
    evaluated,
    evaluate: (candidates) =>
      Promise.all(
        candidates.map(async (candidate, i) => {
          if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay(i)));
          evaluated.push(candidate.stream.join('/'));
          return evaluateOne(candidate);
        }),
      ),
    score: (program, fits: readonly GroupFit[], split) => {
      const rows = split === 'train' ? TRAIN : VALID;
      const values = program.constants.map(({ name, start }) => fits[0]?.constants[name] ?? start);
      return Promise.resolve([metrics('toy', predict(program, values, rows), rows.y)]);
    },
    close: () => Promise.resolve(),
  };
}

function seed(name: string, constants: string, value: string): Seed {
  const text = `export const constants = ${constants};\nexport function predictStepTime(batch, c) {\n  return ${value};\n}\n`;
  const parsed = parseProgram(text, { features: TOY_FEATURES });
  if (!parsed.ok) throw new Error(`${name}: ${parsed.diagnostics[0]?.message}`);
  return { name, program: parsed.program };
}

/** Programs to start from; none is near the law. */
export const TOY_SEEDS: readonly Seed[] = [
  seed('line', '{ a: 500, b: 1 }', 'c.a + c.b * batch.tokens'),
  seed('compute', '{ a: 100, b: 1 }', 'c.a + c.b * batch.computeUs'),
  seed('two', '{ a: 100, b: 1, d: 1 }', 'c.a + c.b * batch.memoryUs + c.d * batch.tokens'),
];
