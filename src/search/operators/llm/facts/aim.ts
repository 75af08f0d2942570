import type { Random } from '../../../../numeric/index.ts';
import type { Caps } from '../../../../program/index.ts';
import { type Archive, entryLimit, frontTarget, GRID } from '../../../archive/index.ts';
import type { Individual } from '../../../individual.ts';
import type { KindName } from '../kinds.ts';
import type { Brief } from './briefs.ts';

/** The size that a call asks for, and what a program of it has to beat. */
export interface Aim {
  /** First and last of the bin. */
  readonly operations: readonly [least: number, most: number];
  /** Features at most. */
  readonly features: number;
  /** The island takes what is below, percent; infinite where it takes any. */
  readonly islandError: number;
  /** The front takes what is below, percent. */
  readonly frontError: number;
}

/** Bins that a brief asks for above those of the program to be changed; chance where none is said. */
const STEPS: { readonly [B in Brief]: number | undefined } = {
  physics: 0,
  residual: 1,
  simplify: -1,
  challenge: undefined,
};

/**
 * Chooses a niche of the archive's grid: that of the program to be changed for small changes, else by the brief of the island. The
 * errors are those at the bin's largest size, which are the hardest to beat in it.
 */
export function chooseAim(
  archive: Archive<Individual>,
  {
    island,
    parent,
    brief,
    kind,
    caps,
  }: {
    readonly island: number;
    readonly parent: Individual;
    readonly brief: Brief;
    readonly kind: KindName;
    readonly caps: Caps;
  },
  random: Random,
): Aim {
  const { operations: axis, features: featureAxis } = GRID;
  const binOf = (value: number, { first, width }: { readonly first: number; readonly width: number }): number =>
    Math.max(0, Math.floor((value - first) / width));
  const last = Math.min(axis.bins - 1, binOf(caps.operations, axis));
  const own = binOf(parent.criteria.operations, axis);
  const step = kind === 'point' ? 0 : STEPS[brief];
  const bin = step === undefined ? random.integer(last + 1) : Math.min(last, Math.max(0, own + step));
  const least = axis.first + bin * axis.width;
  const most = Math.min(caps.operations, least + axis.width - 1);
  const features = featureAxis.first + (binOf(parent.criteria.features, featureAxis) + 1) * featureAxis.width - 1;
  const size = { operations: most, features };
  return {
    operations: [Math.min(least, most), most],
    features,
    islandError: entryLimit(archive, island, size),
    frontError: frontTarget(archive, size),
  };
}
