import type { Scope } from '../evaluate/index.ts';
import { concatColumns, leastSquares, type LeastSquaresProblem } from '../numeric/index.ts';
import { evaluateColumns, differentiate, type Graph, type Program } from '../program/index.ts';
import { fittedProgram, shippedProgram } from './fitted-program.ts';
import { groupParts, SCOPE_WORDS } from './groups.ts';
import type { Predictor } from './predictor.ts';
import { featureColumns } from './feature-columns.ts';
import type { LabelledRows } from './rows.ts';

/** As the published code writes it, so a factor and its efficiency say the same thing twice. */
const CORRECTIONS: Program = shippedProgram(`
/** Analytical corrections: a factor and an efficiency for each component time, and an overhead. */
export const constants = {
  prefillGemm: 1, prefillAttention: 1, decodeGemm: 1, decodeAttention: 1,
  prefillGemmMfu: 0.5, prefillAttentionMfu: 0.5, decodeGemmMfu: 0.5, decodeAttentionMfu: 0.5,
  overheadUs: 50,
};
export function predictStepTime(batch, c) {
  return Math.max(
    1,
    c.prefillGemm * batch.prefillGemmUs / c.prefillGemmMfu +
      c.prefillAttention * batch.prefillAttentionUs / c.prefillAttentionMfu +
      c.decodeGemm * batch.decodeGemmUs / c.decodeGemmMfu +
      c.decodeAttention * batch.decodeAttentionUs / c.decodeAttentionMfu +
      c.overheadUs,
  );
}
`);

/** Bounds of a constant by the kind of its name. */
function boundsOf(name: string): readonly [low: number, high: number] {
  if (name.endsWith('Mfu')) return [0.01, 1];
  return name === 'overheadUs' ? [0, 1e6] : [0.01, 100];
}

/**
 * Nine parameters: four component times with a factor and an efficiency each, and an overhead; fitted to the logarithm of the
 * time.
 */
export function analyticalCorrections(scope: Scope): Predictor {
  const names = CORRECTIONS.constants.map(({ name }) => name);
  const derivatives = differentiate(CORRECTIONS, names);
  return {
    name: `corrections-9-${scope}`,
    description: 'factors on the analytical component times, least squares on log time',
    fittedOn: `train, ${SCOPE_WORDS[scope]}`,
    fit: ({ train }) => {
      const fits = [...groupParts(train, scope)].map(([group, parts]) => ({
        group,
        constants: fitLogarithms(CORRECTIONS, derivatives, parts),
      }));
      return fittedProgram(CORRECTIONS, fits, scope);
    },
  };
}

/** Bounded Levenberg–Marquardt on ln(p / max(y, 1)). */
function fitLogarithms(
  program: Program,
  derivatives: Graph,
  parts: readonly LabelledRows[],
): Readonly<Record<string, number>> {
  const names = program.constants.map(({ name }) => name);
  const columns = parts.map((part) => featureColumns(derivatives, part));
  const features = Object.fromEntries(
    Object.keys(columns[0] ?? {}).map((name) => [name, concatColumns(columns.map((each) => each[name]!))]),
  );
  const logY = concatColumns(parts.map(({ y }) => y)).map((value) => Math.log(Math.max(value, 1)));
  const evaluate = (x: Float64Array): readonly Float64Array[] =>
    evaluateColumns(derivatives, features, Object.fromEntries(names.map((name, i) => [name, x[i]!])), logY.length);
  const problem: LeastSquaresProblem = {
    size: names.length,
    cost: (x) => evaluate(x)[0]!.reduce((sum, p, row) => sum + (Math.log(p) - logY[row]!) ** 2 / 2, 0),
    normalEquations: (x, jtj, jtr) => {
      const [p, ...slopes] = evaluate(x);
      jtj.fill(0);
      jtr.fill(0);
      let cost = 0;
      const slope = new Float64Array(names.length);
      for (let row = 0; row < logY.length; row++) {
        const residual = Math.log(p![row]!) - logY[row]!;
        cost += (residual * residual) / 2;
        for (let i = 0; i < slope.length; i++) {
          slope[i] = slopes[i]![row]! / p![row]!;
          jtr[i] = jtr[i]! + slope[i]! * residual;
          for (let j = 0; j <= i; j++) jtj[i * slope.length + j] = jtj[i * slope.length + j]! + slope[i]! * slope[j]!;
        }
      }
      for (let i = 0; i < slope.length; i++)
        for (let j = 0; j < i; j++) jtj[j * slope.length + i] = jtj[i * slope.length + j]!;
      return cost;
    },
  };
  const limits = names.map(boundsOf);
  const fitted = leastSquares(
    problem,
    Float64Array.from(program.constants, ({ start }) => start),
    {
      lower: Float64Array.from(limits, ([low]) => low),
      upper: Float64Array.from(limits, ([, high]) => high),
      maxIterations: 200,
    },
  );
  return Object.fromEntries(names.map((name, i) => [name, fitted.parameters[i]!]));
}
