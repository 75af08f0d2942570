import { groupBy } from '../../base/index.ts';
import type { GroupFit, Scope } from '../../evaluate/index.ts';
import { evaluateColumns, type Graph, type Program } from '../../program/index.ts';
import { featureColumns } from '../feature-columns.ts';
import { groupOfRows } from '../groups.ts';
import type { LabelledRows } from '../rows.ts';
import { type IsInRegime, type LoadThirds, loadThirds, regimesOfRows } from './regimes.ts';

type Columns = Readonly<Record<string, Float64Array>>;

/** Rows of one split of one experiment, with what a program says of them. */
export interface ExplainedRows {
  readonly rows: LabelledRows;
  /** Of its constants. */
  readonly group: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Of the features that the program reads. */
  readonly columns: Columns;
  /** Step times, µs. */
  readonly p: Float64Array;
  readonly isIn: IsInRegime;
}

/** Rows by the group of their constants; experiments that have none are left out. */
export function explainedRows(
  program: Program,
  fits: readonly Pick<GroupFit, 'group' | 'constants'>[],
  scope: Scope,
  parts: readonly LabelledRows[],
  thirds: ReadonlyMap<string, LoadThirds | undefined> = thirdsByGroup(parts, scope),
): readonly ExplainedRows[] {
  return parts.flatMap((rows) => {
    const group = groupOfRows(rows, scope);
    const constants = fits.find((fit) => fit.group === group)?.constants;
    if (constants === undefined) return [];
    const columns = featureColumns(program.graph, rows);
    const p = valuesOf(program.graph, { columns, constants, rows })[0]!;
    return [{ rows, group, constants, columns, p, isIn: regimesOfRows(rows, thirds.get(group)) }];
  });
}

/** Thirds by load of the rows of each group. */
export function thirdsByGroup(
  parts: readonly LabelledRows[],
  scope: Scope,
): ReadonlyMap<string, LoadThirds | undefined> {
  const groups = groupBy(parts, (part) => groupOfRows(part, scope));
  return new Map([...groups].map(([group, own]) => [group, loadThirds(own)]));
}

/** The roots of a graph over some rows, with the constants of their group. */
export function valuesOf(
  graph: Graph,
  { columns, constants, rows }: Pick<ExplainedRows, 'columns' | 'constants' | 'rows'>,
): readonly Float64Array[] {
  return evaluateColumns(graph, columns, constants, rows.y.length);
}
