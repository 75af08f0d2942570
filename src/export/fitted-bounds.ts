import { boundsOf } from '../baselines/index.ts';
import type { ModelEntry } from './entries.ts';

/** From where to where values of a feature are no extrapolation. */
export type Bounds = readonly [least: number, most: number];

/** Holds no value. */
const NOWHERE: Bounds = [1, 0];

/**
 * The features that a batch is made of beside those that the program reads, sorted: a program that does not look at prompts does
 * not know what a long one costs. What the rows of some model cannot tell is not among them.
 *
 * @param read what the program reads.
 */
export function figuresBeside(read: readonly string[], entries: readonly ModelEntry[]): readonly string[] {
  const known = entries.flatMap(({ ranges }) => (ranges.length === 0 ? [] : [ranges.map(({ feature }) => feature)]));
  const [first = [], ...others] = known;
  return first.filter((name) => !read.includes(name) && others.every((names) => names.includes(name))).toSorted();
}

/** Bounds of each feature for the constants of a model; none holds a value where no rows are known that it was fitted on. */
export function fittedBounds(features: readonly string[], { ranges }: ModelEntry): readonly Bounds[] {
  return features.map((name) => {
    const range = ranges.find(({ feature }) => feature === name);
    return range === undefined ? NOWHERE : boundsOf(range);
  });
}
