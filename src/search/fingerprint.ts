import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../numeric/index.ts';
import { type FeatureTable, interpret, type Program, simplify, withReductions } from '../program/index.ts';

/** Probe batches and vectors of constants; each batch is predicted with each vector. */
const BATCHES = 12;
const VECTORS = 12;
const MOST_PROBES = BATCHES * VECTORS;
/** Constants are drawn between these, evenly on a logarithmic scale, so that thresholds fall inside the features' ranges. */
const CONSTANTS = { low: 1e-2, high: 1e4 } as const;
/** Rounding differs between forms that are equal in algebra. */
const DIGITS = 9;
/** Ranges without an end are probed up to here. */
const FAR = 1e6;

function between(random: Random, low: number, high: number): number {
  return low + random.uniform() * (high - low);
}

function logarithmic(random: Random): number {
  return Math.exp(between(random, Math.log(CONSTANTS.low), Math.log(CONSTANTS.high)));
}

/**
 * A hash of what a program predicts on probe batches, drawn once and for all inside the features' ranges. Constants get drawn
 * values in the order in which the simplified graph first uses them, because refit decides their real ones. Forms that are
 * equal in algebra but not in their canonical key thus have the same fingerprint, unless their constants come in another order;
 * different functions practically never have. Undefined where most predictions are not finite, which tells nothing, or where the data
 * lacks a feature, which the evaluation refuses.
 */
export function fingerprint(program: Program, given: FeatureTable): string | undefined {
  const { graph } = simplify(program);
  const features = withReductions(given, graph);
  const used = new Set(graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])));
  if ([...used].some((name) => features.every((feature) => feature.name !== name))) return undefined;
  const names = graph.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : []));
  const random = createRandom('fingerprint');
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const probe = features
      .filter(({ name }) => used.has(name))
      .map(({ name, range: [low, high] }): [string, number] => {
        const end = Number.isFinite(high) ? high : FAR;
        return [name, between(random.split('feature', name, i), Number.isFinite(low) ? low : -FAR, end)];
      });
    return Object.fromEntries(probe);
  });
  const hash = createHash('sha256');
  let finite = 0;
  for (let k = 0; k < VECTORS; k++) {
    const constants = Object.fromEntries(names.map((name, i) => [name, logarithmic(random.split('constant', i, k))]));
    for (const batch of batches) {
      const value = interpret(graph, { features: batch, constants })[0] ?? Number.NaN;
      if (Number.isFinite(value)) finite++;
      hash.update(`${value.toPrecision(DIGITS)} `);
    }
  }
  return finite < MOST_PROBES / 2 ? undefined : hash.digest('hex').slice(0, 16);
}
