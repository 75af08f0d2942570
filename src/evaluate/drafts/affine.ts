import {
  AFFINE,
  CURVED,
  type Degree,
  INDEPENDENT,
  OPERATIONS,
  type OpName,
  type Program,
} from '../../program/index.ts';
import type { ColumnStore, Values } from './column-store.ts';

/** Predictions as `base + Σ c·slope` over some constants, the others at their start values. */
export interface AffineColumns {
  readonly base: Values;
  /** By index of the constant, in the order of the program's. */
  readonly slopes: ReadonlyMap<number, Values>;
}

/** A set of constants by index; programs have far fewer than 32. */
type Mask = number;
const MOST_CONSTANTS = 31;

/**
 * A program's predictions in closed form of the constants that enter linearly.
 *
 * @param startOf where the constant of an index stays that does not
 * @returns undefined where the store lacks a feature of the program
 */
export function affineColumns(
  program: Program,
  store: ColumnStore,
  startOf: (constant: number) => Values,
): AffineColumns | undefined {
  const { graph, constants } = program;
  const fixed = fixedConstants(program);
  const index = new Map(constants.map(({ name }, i) => [name, i]));
  const parts: AffineColumns[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') parts.push({ base: node.value, slopes: NONE });
    else if (node.kind === 'feature') {
      const column = store.feature(node.name);
      if (column === undefined) return undefined;
      parts.push({ base: column, slopes: NONE });
    } else if (node.kind === 'constant') {
      const i = index.get(node.name)!;
      const isFixed = (fixed & (1 << i)) !== 0 || i >= MOST_CONSTANTS;
      parts.push(isFixed ? { base: startOf(i), slopes: NONE } : { base: 0, slopes: new Map([[i, 1]]) });
    } else {
      parts.push(
        applied(
          node.op,
          node.args.map((arg) => parts[arg]!),
          store,
        ),
      );
    }
  }
  return parts[graph.roots[0]!];
}

const NONE: ReadonlyMap<number, Values> = new Map();

function applied(op: OpName, args: readonly AffineColumns[], store: ColumnStore): AffineColumns {
  const bases = args.map(({ base }) => base);
  const base = store.apply(op, bases);
  const indices = new Set(args.flatMap(({ slopes }) => [...slopes.keys()]));
  if (indices.size === 0) return { base, slopes: NONE };
  const isPassed = OPERATIONS[op].tangent === 'passed';
  const slopes = [...indices].map((i): [number, Values] => {
    if (isPassed)
      return [
        i,
        store.apply(
          op,
          args.map((arg) => arg.slopes.get(i) ?? 0),
        ),
      ];
    // Affine in the constant, so the difference of two values is the slope.
    const moved = args.map((arg, at) => {
      const slope = arg.slopes.get(i);
      return slope === undefined ? bases[at]! : store.apply('add', [bases[at]!, slope]);
    });
    return [i, store.apply('sub', [store.apply(op, moved), base])];
  });
  return { base, slopes: new Map(slopes) };
}

/** Constants that are held so that the value is jointly affine in all others, found greedily. */
function fixedConstants({ graph, constants }: Program): Mask {
  const index = new Map(constants.map(({ name }, i) => [name, i]));
  let fixed: Mask = 0;
  for (let before: Mask = -1; before !== fixed; ) {
    before = fixed;
    const free: Mask[] = [];
    const degrees: Degree[] = [];
    for (const node of graph.nodes) {
      if (node.kind !== 'op') {
        const own = node.kind === 'constant' ? 1 << index.get(node.name)! : 0;
        free.push(own & ~fixed);
        degrees.push((own & ~fixed) === 0 ? INDEPENDENT : AFFINE);
        continue;
      }
      const ofArgs = node.args.map((arg) => degrees[arg]!);
      const masks = node.args.map((arg) => free[arg]!);
      const all = masks.reduce((a, b) => a | b, 0);
      if (all === 0 || OPERATIONS[node.op].dependence(ofArgs) !== CURVED) {
        free.push(all);
        degrees.push(all === 0 ? INDEPENDENT : AFFINE);
        continue;
      }
      const held = leastHeld(node.op, ofArgs, masks);
      fixed |= held;
      free.push(all & ~held);
      degrees.push((all & ~held) === 0 ? INDEPENDENT : AFFINE);
    }
  }
  return fixed;
}

/** Of an operation that is not affine in its arguments the constants to hold: those of one argument where that is enough, else all. */
function leastHeld(op: OpName, degrees: readonly Degree[], masks: readonly Mask[]): Mask {
  const { dependence } = OPERATIONS[op];
  const single = masks.flatMap((mask, at) =>
    mask !== 0 && dependence(degrees.with(at, INDEPENDENT)) !== CURVED ? [mask] : [],
  );
  const [least] = single.sort((a, b) => bits(a) - bits(b));
  return least ?? masks.reduce((a, b) => a | b, 0);
}

function bits(mask: Mask): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
