import type { RegressionTable } from '../../data/index.ts';
import { GivenPasses, type LossForm, type NormalSums } from '../../kernel/index.ts';
import type { RowRange } from '../../numeric/index.ts';
import { reductionColumn } from '../../physics/index.ts';
import { evaluateColumns, type Graph, reductionsOf } from '../../program/index.ts';
import { floorFigures } from '../floor-figures.ts';
import { layFloors } from '../floor-rows.ts';
import { rowSetData } from '../loss.ts';
import { type FloorRows, RowWriter } from '../row-writer.ts';
import type { FloorFigures } from '../types.ts';

/** The physical floor of batches that no client asks for, for constants that are fitted in closed loop. */
export class LoopFloor {
  readonly #graph: Graph;
  readonly #floor: FloorRows | undefined;
  readonly #columns: Readonly<Record<string, Float64Array>>;
  readonly #rowCount: number;
  readonly #passes: GivenPasses;

  /**
   * @param graph of the program's value and its derivatives.
   * @param table of the experiments that share the constants, without columns for reductions.
   * @param parameters that sums are by; those beyond the derivatives have none.
   */
  constructor(graph: Graph, table: RegressionTable, parameters: number) {
    const writer = new RowWriter(table);
    this.#graph = graph;
    this.#floor = layFloors(writer, table.floors ?? []);
    const laid = writer.finish();
    this.#rowCount = laid.rowCount;
    const lent = reductionsOf(graph).map((reduction) => {
      const ofNone = (): Float64Array => new Float64Array();
      const column = laid.layOut({
        column: new Float64Array(),
        range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
        grown: ofNone,
        ofRequests: (requests) => reductionColumn(reduction, requests),
      });
      return [reduction.name, column] as const;
    });
    const own = laid.features.map(({ name }, at) => [name, laid.columns[at]!] as const);
    this.#columns = Object.fromEntries([...own, ...lent]);
    const rows: RowRange = [0, laid.rowCount];
    const rowSet = { rows, parts: [], ...(this.#floor && { floor: this.#floor }) };
    this.#passes = new GivenPasses(rowSetData(laid, rowSet), parameters);
  }

  /** What the bounds cost, with the gradient and curvature by all parameters. */
  sums(constants: Readonly<Record<string, number>>, parameters: number, form: LossForm): NormalSums {
    const roots = evaluateColumns(this.#graph, this.#columns, constants, this.#rowCount);
    for (const [k, column] of this.#passes.columns.entries()) if (k < roots.length) column.set(roots[k]!);
    return this.#passes.sums(parameters, form);
  }

  /** Nothing where no floor is known. */
  figures(constants: Readonly<Record<string, number>>): FloorFigures | undefined {
    if (this.#floor === undefined) return undefined;
    const [p = new Float64Array()] = evaluateColumns(this.#graph, this.#columns, constants, this.#rowCount);
    return floorFigures(this.#floor, p);
  }
}
