import type { RowRange } from '../numeric/index.ts';
import {
  conditionConstants,
  differentiate,
  differentiateReverse,
  type Graph,
  linearConstants,
  type Program,
} from '../program/index.ts';
import type { NormalSums } from './normal-sums.ts';
import type { Kernel, Sandbox } from './sandbox.ts';
import type { RowSetColumns, LossForm } from './types.ts';

/**
 * A program compiled in a sandbox. `predict` answers a view of a shared output column, indexed by row: the next call
 * overwrites it. Constant vectors are in the order of `names`.
 */
export class Model {
  readonly program: Program;
  readonly names: readonly string[];
  readonly start: Float64Array;
  /** Indices of the constants in which the value is jointly affine, and of all others. */
  readonly linear: readonly number[];
  readonly nonlinear: readonly number[];
  /** Indices of those non-linear constants that conditions depend on: descent by derivatives does not see all they do. */
  readonly conditional: readonly number[];
  readonly sandbox: Sandbox;
  readonly #kernels: readonly Kernel[];

  /** @throws what the sandbox's host throws where memory runs out */
  constructor(program: Program, sandbox: Sandbox) {
    this.program = program;
    this.names = program.constants.map((constant) => constant.name);
    this.start = Float64Array.from(program.constants, (constant) => constant.start);
    const linear = new Set(linearConstants(program));
    const conditional = new Set(conditionConstants(program));
    const indices = this.names.map((_, i) => i);
    this.linear = indices.filter((i) => linear.has(this.names[i] as string));
    this.nonlinear = indices.filter((i) => !linear.has(this.names[i] as string));
    this.conditional = this.nonlinear.filter((i) => conditional.has(this.names[i] as string));
    this.sandbox = sandbox;
    const graphs = [program.graph, derivatives(program, this.names)];
    if (this.nonlinear.length > 0) {
      graphs.push(
        derivatives(
          program,
          this.linear.map((i) => this.names[i] as string),
        ),
      );
    }
    this.#kernels = sandbox.compile(graphs, this.names);
  }

  /** Predictions. */
  predict(constants: Float64Array, rows: RowRange): Float64Array {
    this.sandbox.run(this.#kernels[0] as Kernel, constants, rows);
    return this.sandbox.outputs[0] as Float64Array;
  }

  /** Predictions and their derivatives by no, all or the linear constants, a column each. */
  roots(by: 'value' | 'all' | 'linear', constants: Float64Array, rows: RowRange): readonly Float64Array[] {
    const kernel = by === 'linear' ? this.#kernels.at(-1) : this.#kernels[by === 'value' ? 0 : 1];
    this.sandbox.run(kernel as Kernel, constants, rows);
    return this.sandbox.outputs;
  }

  /** The same as `predict` from a kernel that was compiled for this call. */
  predictAfresh(constants: Float64Array, rows: RowRange): Float64Array {
    return this.runOnce(this.program.graph, constants, rows)[0] as Float64Array;
  }

  /** The roots of another graph over the model's constants. */
  runOnce(graph: Graph, constants: Float64Array, rows: RowRange): readonly Float64Array[] {
    const kernels = this.sandbox.compile([graph], this.names);
    this.sandbox.run(kernels[0] as Kernel, constants, rows);
    this.sandbox.forget(kernels);
    return this.sandbox.outputs;
  }

  /** The losses over a row set at several constant vectors. */
  costs(points: readonly Float64Array[], data: RowSetColumns, form: LossForm): readonly NormalSums[] {
    return this.#passes(this.#kernels[0], points, data, form);
  }

  /** The loss with its gradient and curvature by all constants. */
  sums(constants: Float64Array, data: RowSetColumns, form: LossForm): NormalSums {
    return this.#passes(this.#kernels[1], [constants], data, form)[0] as NormalSums;
  }

  /** The same by the linear constants alone, at several constant vectors. */
  linearSums(points: readonly Float64Array[], data: RowSetColumns, form: LossForm): readonly NormalSums[] {
    return this.#passes(this.#kernels.at(-1), points, data, form);
  }

  #passes(
    kernel: Kernel | undefined,
    points: readonly Float64Array[],
    data: RowSetColumns,
    form: LossForm,
  ): readonly NormalSums[] {
    const lanes = points.map((constants) => ({ kernel: kernel as Kernel, constants }));
    return this.sandbox.passes(lanes, data, form);
  }

  dispose(): void {
    this.sandbox.forget(this.#kernels);
  }
}

/** The value and its derivatives in reverse mode, or in forward mode where that takes fewer operations. */
function derivatives(program: Program, names: readonly string[]): Graph {
  const reverse = differentiateReverse(program.graph, names);
  const forward = differentiate(program, names);
  return forward.nodes.length < reverse.nodes.length ? forward : reverse;
}
