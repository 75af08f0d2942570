import type { RegressionTable, TableExperiment, TableFloor } from '../../../../data/index.ts';
import { groupOf, type Scope, shownPoints } from '../../../../evaluate/index.ts';
import { reductionColumn } from '../../../../physics/index.ts';
import { evaluateColumns, reductionsOf } from '../../../../program/index.ts';
import type { Individual } from '../../../individual.ts';
import { short } from './text.ts';

/** Points of a curve that are told: both ends and the middle. */
const POINTS = 3;

const NAMES = {
  promptTokens: 'tokens of one prompt',
  contextTokens: 'context tokens of each of',
  requests: 'decoding requests',
} as const;

/** How a program's times respond far beyond the rows, one line for each curve. */
export interface FloorCurves {
  readonly model: string;
  readonly lines: readonly string[];
}

/**
 * Predictions over the physical floor along the curves of one model's grid, where its floor is known: below 1 no hardware is so fast, and
 * what falls towards 1 grows too slowly.
 *
 * @param experiment whose model and constants are taken
 */
export function floorCurves(
  { program, evaluation }: Individual,
  table: RegressionTable,
  experiment: TableExperiment,
  scope: Scope,
): FloorCurves | undefined {
  const floor = table.floors?.find(({ modelKey }) => modelKey === experiment.modelKey);
  const fit = evaluation.fits.find(({ group }) => group === groupOf(experiment, scope));
  if (floor === undefined || floor.questioned !== undefined || fit === undefined) return undefined;
  const inputs = Object.fromEntries([
    ...table.features.map(({ name }, k) => [name, floor.columns[k]!] as const),
    ...reductionsOf(program.graph).map(
      (reduction) => [reduction.name, reductionColumn(reduction, floor.grid.requests)] as const,
    ),
  ]);
  const [predicted] = evaluateColumns(program.graph, inputs, fit.constants, floor.floorUs.length);
  if (predicted === undefined) return undefined;
  return { model: floor.modelKey, lines: shownCurves(floor).map((curve) => lineOf(curve, predicted, floor)) };
}

type Curve = TableFloor['grid']['curves'][number];

/** One of each kind: of contexts that of many requests. */
function shownCurves({ grid }: TableFloor): readonly Curve[] {
  return (['promptTokens', 'contextTokens', 'requests'] as const).flatMap((name) => {
    const ofName = grid.curves.filter(({ along }) => along === name);
    return ofName.find(({ at }) => at.startsWith('64 ')) ?? ofName.at(-1) ?? [];
  });
}

function lineOf({ along, at, x, batches }: Curve, predicted: Float64Array, { floorUs }: TableFloor): string {
  const points = shownPoints(
    x.map((value, k) => `${short(value)} → ${short(predicted[batches[k]!]! / floorUs[batches[k]!]!, 2)}`),
    POINTS,
  );
  return `${NAMES[along]}${along === 'contextTokens' ? ` ${at}` : ''}: ${points.join(', ')}`;
}
