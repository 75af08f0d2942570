import { rootOf } from './draft.ts';
import { type Material, numericSites } from './material.ts';

/** A new term is this share of what it is added to. */
export const TERM_SHARE = 0.1;

/** The root with probability one half, else any place where a number stands. */
export function site(material: Material, random: { uniform(): number; pick<T>(items: readonly T[]): T }): number {
  return random.uniform() < 0.5 ? rootOf(material.program) : random.pick(numericSites(material));
}

/** Size of a node's value on a typical row; 1 where it has none. */
export function magnitudeAt({ values }: Material, node: number): number {
  const value = Math.abs(values[node] ?? NaN);
  return Number.isFinite(value) && value > 0 ? value : 1;
}
