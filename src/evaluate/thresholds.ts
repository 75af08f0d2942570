import { quantileOfSorted, type RowRange } from '../numeric/index.ts';
import { differentiateGraph, type Graph, GraphBuilder, OPERATIONS } from '../program/index.ts';
import type { Model } from '../kernel/index.ts';

/** A constant that a comparison tests, with the values at which the comparison of some row would tip. */
export interface Threshold {
  /** Index of the constant. */
  readonly index: number;
  /** Ascending and finite. */
  readonly tippingPoints: Float64Array;
}

/**
 * The thresholds of a model on some rows. A comparison a < b tips where a − b = 0; where that is affine in a constant and
 * free of the other ones that are fitted jointly with it, each row has one tipping point, and moving the constant between
 * two neighbouring tipping points changes nothing. Other constants in the comparison are held at their start values.
 */
export function findThresholds(model: Model, rows: RowRange): readonly Threshold[] {
  return model.conditional.flatMap((index) => {
    const points = differences(model, index).flatMap((difference) =>
      solveTippingPoints(model, index, difference, rows),
    );
    const tipping = Float64Array.from(points).sort();
    return tipping.length === 0 ? [] : [{ index, tippingPoints: tipping }];
  });
}

/**
 * Constants that say where a line bends, as c does in `Math.max(x − c, 0)`: those that alone decide, and by being added, which of
 * two arguments is the greater one. Each row has one tipping point; a constant beyond all of them bends nothing.
 */
export function findKnees(model: Model, rows: RowRange): readonly Threshold[] {
  const { graph } = model.program;
  const points = new Map<number, number[]>();
  for (const node of graph.nodes) {
    if (node.kind !== 'op' || OPERATIONS[node.op].kind !== 'function' || OPERATIONS[node.op].tangent !== 'chosen')
      continue;
    for (const [k, left] of node.args.entries()) {
      for (const right of node.args.slice(k + 1)) {
        const difference = differenceOf(graph, left, right);
        const names = difference.nodes.flatMap((inner) => (inner.kind === 'constant' ? [inner.name] : []));
        const index = model.names.indexOf(names[0] ?? '');
        if (names.length !== 1 || !model.nonlinear.includes(index) || !isAdded(difference, names[0]!)) continue;
        points.set(index, [...(points.get(index) ?? []), ...solveTippingPoints(model, index, difference, rows)]);
      }
    }
  }
  return [...points].flatMap(([index, found]) =>
    found.length === 0 ? [] : [{ index, tippingPoints: Float64Array.from(found).sort() }],
  );
}

/** Whether a value moves by as much as a constant does, or against it, whatever the row. */
function isAdded(graph: Graph, name: string): boolean {
  const withSlope = differentiateGraph(graph, 'constant', [name]);
  const slope = withSlope.nodes[withSlope.roots[1] ?? -1];
  return slope?.kind === 'number' && Math.abs(slope.value) === 1;
}

/** The value of a threshold at quantile `u` of its tipping points. */
export function thresholdAt({ tippingPoints }: Threshold, u: number): number {
  return quantileOfSorted(tippingPoints, u);
}

/** The share of tipping points below `value`: the inverse of `thresholdAt`. */
export function quantileOf({ tippingPoints }: Threshold, value: number): number {
  const n = tippingPoints.length;
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tippingPoints[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return n === 1 ? 0.5 : Math.min(low / (n - 1), 1);
}

/** left − right of every comparison that the constant takes part in. */
function differences(model: Model, index: number): readonly Graph[] {
  const { graph } = model.program;
  const name = model.names[index] as string;
  return graph.nodes.flatMap((node) => {
    if (node.kind !== 'op' || OPERATIONS[node.op].kind !== 'comparison') return [];
    const [left, right] = node.args;
    if (left === undefined || right === undefined) return [];
    const difference = differenceOf(graph, left, right);
    return difference.nodes.some((inner) => inner.kind === 'constant' && inner.name === name) ? [difference] : [];
  });
}

function differenceOf(graph: Graph, left: number, right: number): Graph {
  const builder = new GraphBuilder();
  return builder.build([builder.op('sub', builder.copy(graph, left), builder.copy(graph, right))]);
}

function solveTippingPoints(model: Model, index: number, difference: Graph, rows: RowRange): readonly number[] {
  const name = model.names[index] as string;
  const withSlope = differentiateGraph(difference, 'constant', [name]);
  const slopeRoot = withSlope.roots[1] as number;
  // Affine exactly if the slope does not depend on the constant itself.
  if (reaches(withSlope, slopeRoot, name)) return [];
  const constants = model.start.slice();
  constants[index] = 0;
  const [values, slopes] = model.runOnce(withSlope, constants, rows) as [Float64Array, Float64Array];
  const points: number[] = [];
  for (let row = rows[0]; row < rows[1]; row++) {
    const point = -(values[row] as number) / (slopes[row] as number);
    if (Number.isFinite(point)) points.push(point);
  }
  return points;
}

function reaches(graph: Graph, root: number, constant: string): boolean {
  const builder = new GraphBuilder();
  const below = builder.build([builder.copy(graph, root)]);
  return below.nodes.some((node) => node.kind === 'constant' && node.name === constant);
}
