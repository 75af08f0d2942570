import { evaluateNodes, type Inputs, own, OPERATIONS, type Program } from '../../src/program/index.ts';

/** Two units in the last place. */
const EPSILON = 4e-16;
const PATTERNS = 8;

/** The value when every operation and input errs by some units in the last place, in a pattern of signs. */
function perturbed(program: Program, inputs: Inputs, pattern: number): number {
  const values: number[] = [];
  program.graph.nodes.forEach((node, i) => {
    const error = 1 + EPSILON * ((((i + 1) * 7919 + (pattern + 1) * (i + 3) * 104_729) % 11) / 5 - 1);
    if (node.kind === 'number') values.push(node.value);
    else if (node.kind === 'feature') values.push(own(inputs.features, node.name, 'feature') * error);
    else if (node.kind === 'constant') values.push(own(inputs.constants, node.name, 'constant') * error);
    else {
      const { kind, evaluate } = OPERATIONS[node.op];
      const value = evaluate(node.args.map((arg) => values[arg] ?? NaN));
      values.push(kind === 'arithmetic' || kind === 'function' ? value * error : value);
    }
  });
  return values[program.graph.roots[0] ?? -1] ?? NaN;
}

/** How far rounding alone may move the value, whatever the order of operations; infinite where it can become NaN. */
export function roundingNoise(program: Program, inputs: Inputs): number {
  const values = Array.from({ length: PATTERNS }, (_, pattern) => perturbed(program, inputs, pattern));
  return values.some(Number.isNaN) ? Infinity : Math.max(...values) - Math.min(...values);
}

export function allFinite(program: Program, inputs: Inputs): boolean {
  return evaluateNodes(program.graph, inputs).every((value) => Number.isFinite(value) && Math.abs(value) < 1e150);
}
