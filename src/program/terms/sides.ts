import type { GraphBuilder } from '../graph-builder.ts';
import type { Sides } from '../operations/columns.ts';

/** A side of a value. */
export interface Side {
  readonly node: number;
  /** Holds where it decides the value; of squares, where it is the largest. */
  readonly decides: number;
  /** Where it has nothing of the value otherwise, as the condition. */
  readonly isAllOrNothing: boolean;
  /** What it is multiplied with to be its part of the value. */
  readonly weights: readonly number[];
  /** Of a branch: the condition under which it is taken. */
  readonly when?: number;
}

/** The sides of a node, by what each has of its value. */
export const SIDES: { readonly [S in Sides]: (builder: GraphBuilder, node: number) => readonly Side[] } = {
  extreme: (builder, node) => {
    const args = argsOf(builder, node);
    return deciding(builder, args, args, node).map((side) => ({ ...side, isAllOrNothing: true, weights: [] }));
  },
  squares: (builder, node) => {
    const args = argsOf(builder, node);
    const sizes = args.map((arg) => builder.op('abs', arg));
    const largest = builder.op('max', ...sizes);
    const zero = builder.number(0);
    return deciding(builder, args, sizes, largest).map((side) => ({
      ...side,
      isAllOrNothing: false,
      weights: [builder.op('select', builder.op('gt', node, zero), builder.op('div', side.node, node), zero)],
    }));
  },
  branches: (builder, node) => {
    const [condition = -1, yes = -1, no = -1] = argsOf(builder, node);
    const branch = { isAllOrNothing: true, weights: [] };
    return [
      { ...branch, node: yes, decides: condition, when: condition },
      { ...branch, node: no, decides: builder.op('not', condition), when: builder.op('not', condition) },
    ];
  },
};

/** Of some arguments the first one whose figure equals the deciding one. */
function deciding(
  builder: GraphBuilder,
  args: readonly number[],
  figures: readonly number[],
  decisive: number,
): readonly Pick<Side, 'node' | 'decides'>[] {
  const equals = figures.map((figure) => builder.op('eq', figure, decisive));
  return args.map((node, at) => ({
    node,
    decides: equals
      .slice(0, at)
      .reduce((all, earlier) => builder.op('and', all, builder.op('not', earlier)), equals[at]!),
  }));
}

function argsOf(builder: GraphBuilder, index: number): readonly number[] {
  const node = builder.node(index);
  return node.kind === 'op' ? node.args : [];
}
