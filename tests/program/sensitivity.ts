import { evaluateNodes, type Inputs, interpret, type Program } from '../../src/program/index.ts';

const EPSILONS: readonly number[] = [-7e-15, -2e-15, 2e-15, 7e-15];

const scale = (values: Readonly<Record<string, number>>, factors: readonly number[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value], i) => [name, value * (factors[i % factors.length] ?? 1)]),
  );

/** How far the value moves when inputs move by some units in the last place: what rounding alone may do to it. */
export const roundingNoise = (program: Program, inputs: Inputs): number => {
  const [value = NaN] = interpret(program.graph, inputs);
  let noise = 0;
  for (const [k, a] of EPSILONS.entries()) {
    const b = EPSILONS[(k + 1) % EPSILONS.length] ?? 0;
    const moved = {
      features: scale(inputs.features, [1 + a, 1 + b]),
      constants: scale(inputs.constants, [1 + b, 1 - a]),
    };
    const [other = NaN] = interpret(program.graph, moved);
    noise = Math.max(noise, Number.isNaN(other) ? Infinity : Math.abs(other - value));
  }
  return noise;
};

export const allFinite = (program: Program, inputs: Inputs): boolean =>
  evaluateNodes(program.graph, inputs).every((value) => Number.isFinite(value) && Math.abs(value) < 1e150);
