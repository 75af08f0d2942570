import { type Dataset, floorsOf, type RegressionTable, type TableFloor } from '../../data/index.ts';
import { reductionColumn } from '../../physics/index.ts';
import { evaluateColumns, type Graph, type Program, reductionsOf } from '../../program/index.ts';
import { fitOfExperiment } from '../fits-in-use.ts';
import type { GroupFit, Scope } from '../types.ts';

/** A program with its constants, and the data that it was fitted on. */
export interface FittedOnData {
  readonly program: Program;
  readonly fits: readonly GroupFit[];
  readonly scope: Scope;
  readonly dataset: Dataset;
  /** Training and validation rows. */
  readonly table: RegressionTable;
}

/** A grid of batches of one model, and the constants that hold for it. */
export interface ModelGrid {
  readonly fit: GroupFit;
  readonly floor: TableFloor;
  /** Why the floor is not to be gone by. */
  readonly questioned: string | undefined;
  /** Whose rows the constants were fitted on: indices into the experiments of the table. */
  readonly experiments: readonly number[];
}

/**
 * A grid for each model that a group of constants holds for.
 *
 * @param points on each curve.
 */
export function modelGrids({ fits, scope, dataset, table }: FittedOnData, points: number): readonly ModelGrid[] {
  const names = table.features.map(({ name }) => name);
  const questionedOf = new Map(table.floors?.map(({ modelKey, questioned }) => [modelKey, questioned]));
  return floorsOf(dataset, names, points).flatMap((floor) => {
    const members = table.experiments.flatMap((experiment, index) =>
      experiment.modelKey === floor.modelKey ? [{ index, fit: fitOfExperiment(fits, experiment, scope) }] : [],
    );
    return [...new Set(members.flatMap(({ fit }) => fit ?? []))].map((fit) => ({
      fit,
      floor,
      questioned: questionedOf.get(floor.modelKey),
      experiments: members.filter((member) => member.fit === fit).map(({ index }) => index),
    }));
  });
}

/** The roots of a graph on the batches of a grid. */
export function rootsOnGrid(graph: Graph, { fit, floor }: ModelGrid, table: RegressionTable): readonly Float64Array[] {
  const { requests } = floor.grid;
  const own = table.features.map(({ name }, at) => [name, floor.columns[at]!] as const);
  const reduced = reductionsOf(graph).map(
    (reduction) => [reduction.name, reductionColumn(reduction, requests)] as const,
  );
  return evaluateColumns(graph, Object.fromEntries([...own, ...reduced]), fit.constants, floor.floorUs.length);
}
