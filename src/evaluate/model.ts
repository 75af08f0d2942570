import type { RowRange } from '../data/index.ts';
import { conditionConstants, differentiate, linearConstants, type Program } from '../program/index.ts';
import type { Layout } from './layout.ts';
import { type Kernel, Sandbox, type SandboxLimits } from './sandbox.ts';

/**
 * A program compiled for the rows of a layout. Methods answer views of shared output columns, indexed by row: the next call
 * overwrites them. Constant vectors are in the order of `names`.
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
  readonly #value: Kernel;
  readonly #jacobian: Kernel;
  readonly #basis: Kernel;

  /** Throws what isolated-vm throws where memory runs out. */
  constructor(program: Program, layout: Layout, limits: SandboxLimits) {
    this.program = program;
    this.names = program.constants.map((constant) => constant.name);
    this.start = Float64Array.from(program.constants, (constant) => constant.start);
    const linear = new Set(linearConstants(program));
    const conditional = new Set(conditionConstants(program));
    const indices = this.names.map((_, i) => i);
    this.linear = indices.filter((i) => linear.has(this.names[i] as string));
    this.nonlinear = indices.filter((i) => !linear.has(this.names[i] as string));
    this.conditional = this.nonlinear.filter((i) => conditional.has(this.names[i] as string));
    this.sandbox = new Sandbox(layout, this.names, this.names.length + 1, limits);
    try {
      this.#value = this.sandbox.compile(program.graph);
      this.#jacobian = this.sandbox.compile(differentiate(program));
      const names = this.linear.map((i) => this.names[i] as string);
      this.#basis = this.nonlinear.length === 0 ? this.#jacobian : this.sandbox.compile(differentiate(program, names));
    } catch (error) {
      this.sandbox.dispose();
      throw error;
    }
  }

  /** Predictions. */
  predict(constants: Float64Array, rows: RowRange): Float64Array {
    this.sandbox.constants.set(constants);
    this.#value.run(rows);
    return this.sandbox.outputs[0] as Float64Array;
  }

  /** The same from a kernel that was compiled for this call. */
  predictAfresh(constants: Float64Array, rows: RowRange): Float64Array {
    this.sandbox.constants.set(constants);
    this.sandbox.compile(this.program.graph).run(rows);
    return this.sandbox.outputs[0] as Float64Array;
  }

  /** Predictions and their derivatives by all constants. */
  derivatives(constants: Float64Array, rows: RowRange): { p: Float64Array; derivatives: readonly Float64Array[] } {
    this.sandbox.constants.set(constants);
    this.#jacobian.run(rows);
    const [p, ...derivatives] = this.sandbox.outputs;
    return { p: p as Float64Array, derivatives };
  }

  /** The affine form in the linear constants, p = offset + Σ βⱼ·columnⱼ, for the non-linear ones given. */
  affine(constants: Float64Array, rows: RowRange): { offset: Float64Array; columns: readonly Float64Array[] } {
    this.sandbox.constants.set(constants);
    for (const i of this.linear) this.sandbox.constants[i] = 0;
    this.#basis.run(rows);
    const [offset, ...columns] = this.sandbox.outputs;
    return { offset: offset as Float64Array, columns: columns.slice(0, this.linear.length) };
  }

  dispose(): void {
    this.sandbox.dispose();
  }
}
