import { product, PURE, type Unit } from './unit.ts';

/** A unit that is known up to the units of some unknowns: the product of their powers and of a fixed unit. */
export interface OpenUnit {
  /** Powers by unknown, none of them 0. */
  readonly unknowns: ReadonlyMap<number, number>;
  readonly fixed: Unit;
}

const SAME = 1e-9;

/** A unit in which nothing is open. */
export function closed(fixed: Unit): OpenUnit {
  return { unknowns: new Map(), fixed };
}

/** The unit of an unknown. */
export function unknown(index: number): OpenUnit {
  return { unknowns: new Map([[index, 1]]), fixed: PURE };
}

/** The product of powers of open units. */
export function openProduct(factors: readonly (readonly [unit: OpenUnit, power: number])[]): OpenUnit {
  const powers = new Map<number, number>();
  for (const [{ unknowns }, power] of factors) {
    for (const [index, exponent] of unknowns) powers.set(index, (powers.get(index) ?? 0) + power * exponent);
  }
  return {
    unknowns: new Map([...powers].filter(([, power]) => Math.abs(power) > SAME)),
    fixed: product(factors.map(([{ fixed }, power]) => [fixed, power])),
  };
}

/**
 * Equations between units, which are linear in the exponents of the unknowns: they are solved by elimination as they come, so
 * that of two that contradict each other the first one holds.
 *
 * Source: Kennedy, "Types for units-of-measure: theory and practice", 2009 (units as an Abelian group).
 */
export class UnitEquations {
  /** By the unknown that they are solved for: what it is, in unknowns that nothing is solved for. */
  readonly #solved = new Map<number, OpenUnit>();

  /** States that two units are the same. What contradicts what was stated before is left out. */
  equate(a: OpenUnit, b: OpenUnit): void {
    const quotient = this.reduced(
      openProduct([
        [a, 1],
        [b, -1],
      ]),
    );
    // Solved for the first unknown, so that what is left open is said in terms of later ones.
    const [pivot] = [...quotient.unknowns].sort(([i], [j]) => i - j);
    if (pivot === undefined) return;
    const [index, power] = pivot;
    // u^power · rest = 1, so u = rest^(−1/power).
    const own = openProduct([
      [quotient, -1 / power],
      [unknown(index), 1],
    ]);
    for (const [other, value] of this.#solved) this.#solved.set(other, substituted(value, index, own));
    this.#solved.set(index, own);
  }

  /** A unit with all that is known of its unknowns put in. */
  reduced(unit: OpenUnit): OpenUnit {
    return [...unit.unknowns.keys()].reduce((reduced, index) => {
      const own = this.#solved.get(index);
      return own === undefined ? reduced : substituted(reduced, index, own);
    }, unit);
  }
}

function substituted(unit: OpenUnit, index: number, by: OpenUnit): OpenUnit {
  const power = unit.unknowns.get(index);
  if (power === undefined) return unit;
  return openProduct([
    [unit, 1],
    [unknown(index), -power],
    [by, power],
  ]);
}
