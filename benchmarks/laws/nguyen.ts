import type { Formula } from './formula.ts';

const { cos, log, sin, sqrt } = Math;

const AROUND_0 = [-1, 1] as const;
const UNIT = [0, 1] as const;

/** x + x² + … + xⁿ. */
const powers =
  (n: number) =>
  (x: number): number =>
    Array.from({ length: n }).reduce<number>((sum) => x * (1 + sum), 0);

/**
 * The Nguyen set. Sources: 1 to 10 Uy, Hoai, O'Neill, McKay and Galván-López, "Semantically-based crossover in genetic programming:
 * application to real-valued symbolic regression", Genetic Programming and Evolvable Machines 12, 2011, with its ranges; 11 and 12,
 * which were added later, with those of Petersen et al., "Deep symbolic regression", ICLR 2021.
 */
export const NGUYEN: readonly Formula[] = [
  { id: 'Nguyen-1', ranges: { x: AROUND_0 }, value: powers(3) },
  { id: 'Nguyen-2', ranges: { x: AROUND_0 }, value: powers(4) },
  { id: 'Nguyen-3', ranges: { x: AROUND_0 }, value: powers(5) },
  { id: 'Nguyen-4', ranges: { x: AROUND_0 }, value: powers(6) },
  { id: 'Nguyen-5', ranges: { x: AROUND_0 }, value: (x) => sin(x * x) * cos(x) - 1 },
  { id: 'Nguyen-6', ranges: { x: AROUND_0 }, value: (x) => sin(x) + sin(x + x * x) },
  { id: 'Nguyen-7', ranges: { x: [0, 2] }, value: (x) => log(x + 1) + log(x * x + 1) },
  { id: 'Nguyen-8', ranges: { x: [0, 4] }, value: (x) => sqrt(x) },
  { id: 'Nguyen-9', ranges: { x: AROUND_0, y: AROUND_0 }, value: (x, y) => sin(x) + sin(y * y) },
  { id: 'Nguyen-10', ranges: { x: AROUND_0, y: AROUND_0 }, value: (x, y) => 2 * sin(x) * cos(y) },
  { id: 'Nguyen-11', ranges: { x: UNIT, y: UNIT }, value: (x, y) => x ** y },
  { id: 'Nguyen-12', ranges: { x: UNIT, y: UNIT }, value: (x, y) => x * x * x * (x - 1) + (y * y) / 2 - y },
];
