import { median, quantileOfSorted, type RowRange } from '../numeric/index.ts';
import type { Model } from '../kernel/index.ts';
import { type Threshold, thresholdAt } from './thresholds.ts';
import { differentiateGraph, type Graph, GraphBuilder, OPERATIONS } from '../program/index.ts';

/** Where the middle of a transition is tried: quantiles of the places that it may have. */
const MIDDLES = [0.2, 0.5, 0.8] as const;
/** How large the argument is tried to be on a typical row: mostly before the bend, at it, beyond it. */
const SIZES = [0.3, 1, 3] as const;
/** Rounding leaves a share of this open. */
const SAME = 1e-6;

/** What a constant does to an argument: it is a power of it that the argument is proportional to, or moves its zero. */
type Part =
  | { readonly kind: 'scale'; readonly index: number; readonly degree: 1 | -1 }
  | { readonly kind: 'middle'; readonly index: number; readonly zeros: Float64Array };

/** Starts with the knees of lines at quantiles of the rows. */
export function kneeStarts(knees: readonly Threshold[], start: Float64Array): readonly Float64Array[] {
  if (knees.length === 0) return [];
  return MIDDLES.map((middle) => {
    const at = start.slice();
    for (const knee of knees) at[knee.index] = thresholdAt(knee, middle);
    return at;
  });
}

interface Bend {
  readonly argument: Graph;
  readonly parts: readonly Part[];
}

/**
 * Starts for constants inside functions that bend at an argument of about 1, such as `tanh(x / c)`, `log1p(x / c)`,
 * `1 − exp(−x / c)` and `1 / (1 + exp((m − x) / c))`, scaled by the rows: far from there such a function is flat or a straight line
 * or a pole, and no descent finds back. Middles like m are set to quantiles of where they put the zero of the argument, and the scale
 * so that the argument has a given size on a typical row, in both directions where there is a middle.
 *
 * @param rows those that tell what is typical
 * @returns none where the model has no such function, or only such as have more to them than a scale and a middle.
 */
export function scaledStarts(model: Model, start: Float64Array, rows: RowRange): readonly Float64Array[] {
  const bends = bendsOf(model, start, rows);
  if (bends.length === 0) return [];
  const hasMiddle = bends.some(({ parts }) => parts.some(({ kind }) => kind === 'middle'));
  const middles = hasMiddle ? MIDDLES : [0.5];
  const directions = hasMiddle ? [1, -1] : [1];
  return middles.flatMap((middle) =>
    directions.flatMap((direction) =>
      SIZES.map((size) => {
        const at = start.slice();
        for (const bend of bends) scale(model, rows, bend, at, { middle, size, direction });
        return at;
      }),
    ),
  );
}

function bendsOf(model: Model, start: Float64Array, rows: RowRange): readonly Bend[] {
  const { graph } = model.program;
  const found = new Map<number, Bend>();
  for (const node of graph.nodes) {
    if (node.kind !== 'op') continue;
    const { kind, unitPower, continuity } = OPERATIONS[node.op];
    const [arg] = node.args;
    if (kind !== 'function' || unitPower !== undefined || continuity !== 'continuous' || arg === undefined) continue;
    if (found.has(arg)) continue;
    const builder = new GraphBuilder();
    const argument = builder.build([builder.copy(graph, arg)]);
    const parts = partsOf(model, argument, start, rows);
    if (parts.length > 0) found.set(arg, { argument, parts });
  }
  return [...found.values()];
}

function partsOf(model: Model, argument: Graph, start: Float64Array, rows: RowRange): readonly Part[] {
  const inside = new Set(argument.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
  return model.nonlinear.flatMap((index): readonly Part[] => {
    const name = model.names[index]!;
    if (!inside.has(name)) return [];
    const withSlope = differentiateGraph(argument, 'constant', [name]);
    const at = (value: number): readonly [Float64Array, Float64Array] => {
      const [values, slopes] = model.runOnce(withSlope, start.with(index, value), rows);
      return [values!.slice(...rows), slopes!.slice(...rows)];
    };
    const own = start[index] === 0 ? 1 : start[index]!;
    const [values, slopes] = at(own);
    const follows = (degree: number): boolean =>
      values.every((value, i) => Math.abs(own * slopes[i]! - degree * value) <= SAME * Math.abs(value));
    if (follows(1)) return [{ kind: 'scale', index, degree: 1 }];
    if (follows(-1)) return [{ kind: 'scale', index, degree: -1 }];
    const [others, same] = at(2 * own);
    if (!slopes.every((slope, i) => Math.abs(slope - same[i]!) <= SAME * Math.abs(slope))) return [];
    const zeros = others.map((value, i) => 2 * own - value / same[i]!).filter(Number.isFinite);
    return zeros.length === 0 ? [] : [{ kind: 'middle', index, zeros: zeros.sort() }];
  });
}

/** Sets the constants of a bend, in place. */
function scale(
  model: Model,
  rows: RowRange,
  { argument, parts }: Bend,
  to: Float64Array,
  { middle, size, direction }: { readonly middle: number; readonly size: number; readonly direction: number },
): void {
  for (const part of parts) if (part.kind === 'middle') to[part.index] = quantileOfSorted(part.zeros, middle);
  const factor = parts.find((part) => part.kind === 'scale');
  if (factor === undefined) return;
  if (to[factor.index] === 0) to[factor.index] = 1;
  const [values] = model.runOnce(argument, to, rows);
  const sizes = values!
    .slice(...rows)
    .map(Math.abs)
    .filter((value) => value > 0 && Number.isFinite(value));
  if (sizes.length > 0) to[factor.index]! *= direction * (size / median(sizes)) ** factor.degree;
}
