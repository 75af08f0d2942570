import { type Graph, GraphBuilder } from '../program/index.ts';
import type { NormalSums } from './normal-sums.ts';
import { type Kernel, Sandbox } from './sandbox.ts';
import type { LossForm, RowSetColumns } from './types.ts';

/** No code of a program runs here, so a process is walls enough, and its limits are not asked for. */
const NO_LIMITS = { memoryMb: 0, timeoutMs: 0 } as const;

/** Passes over values and derivatives that were computed elsewhere: write `columns`, then ask for the sums. */
export class GivenPasses {
  /** Of the value and of as many derivatives as there may be. */
  readonly columns: readonly Float64Array[];
  readonly #data: RowSetColumns;
  readonly #sandbox: Sandbox;
  /** By the number of their derivatives. */
  readonly #kernels: Kernel[] = [];

  /** @param data whose first row is 0 */
  constructor(data: RowSetColumns, derivatives: number) {
    this.#data = data;
    const features = Array.from({ length: derivatives + 1 }, (_, k) => ({
      name: columnName(k),
      range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const,
    }));
    const table = { rowCount: data.length, features, columns: features.map(() => new Float64Array(data.length)) };
    this.#sandbox = new Sandbox(table, [data], derivatives + 1, NO_LIMITS, 'process');
    this.columns = features.map(({ name }) => this.#sandbox.column(name));
  }

  /** Size of its memory. */
  get bytes(): number {
    return this.columns[0]?.buffer.byteLength ?? 0;
  }

  /** The loss with its gradient and curvature by n derivatives. */
  sums(n: number, form: LossForm): NormalSums {
    const kernel = (this.#kernels[n] ??= this.#sandbox.compile([columnsGraph(n)], [])[0] as Kernel);
    return this.#sandbox.passes([{ kernel, constants: new Float64Array() }], this.#data, form)[0] as NormalSums;
  }
}

function columnsGraph(derivatives: number): Graph {
  const builder = new GraphBuilder();
  return builder.build(Array.from({ length: derivatives + 1 }, (_, k) => builder.feature(columnName(k))));
}

/** The columns of a value and its derivatives. */
function columnName(k: number): string {
  return `root${k}`;
}
