import { type FeatureInfo, type FeatureTable, type Graph, parseExpression, spreadOf } from '../../program/index.ts';

/** An expression of one to three features and numbers. */
export interface LibraryTerm {
  /** Over bare names of features, as `parseExpression` reads it. */
  readonly text: string;
  readonly graph: Graph;
  readonly operations: number;
  /** Whether it is tried as an effect in proportion too. */
  readonly modulates: boolean;
}

/** The unit of step times: a product of two such is none that a step time has a use for. */
const STEP_TIME_UNIT = 'µs';
/** Sizes of blocks and tiles that kernels work in. */
export const TILES: readonly number[] = Object.freeze([8, 16, 32, 64, 128, 256, 512]);
/** A feature takes this many tiles at most, and more than one. */
const MOST_TILES = 64;
/** Levels of distinct quantiles at which functions saturate, and at which lines bend and steps lie. */
const SCALES = [0.25, 0.5, 0.75] as const;
const KNEES = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/** Some of the values, at levels of their order, to three digits. */
function at(values: readonly number[], levels: readonly number[]): readonly number[] {
  const chosen = levels.map((level) => values[Math.round(level * (values.length - 1))] ?? 0);
  return [...new Set(chosen.map((value) => Number(value.toPrecision(3))))].filter((value) => value > 0);
}

/**
 * What a term of a step time may look like: features, products, roots, saturations `log1p(x / c)` and `1 − exp(−x / c)`, shares of
 * counts, hinges, steps and tiles, with c from the quantiles of the training rows.
 *
 * @param varying the features that differ between rows
 */
export function termLibrary(all: FeatureTable, varying: ReadonlySet<string>): readonly LibraryTerm[] {
  const features = all.filter(({ name }) => varying.has(name));
  const counts = features.filter(({ isCount, range }) => isCount === true && range[1] > 1);
  const ones = features.flatMap((feature) => ofOne(feature));
  const products = features.flatMap((a, i) =>
    features.slice(i).flatMap((b) => {
      const isSquareOfTime = all.target === undefined && a.unit === STEP_TIME_UNIT && b.unit === STEP_TIME_UNIT;
      return isSquareOfTime ? [] : [`${a.name} * ${b.name}`];
    }),
  );
  const shares = features.flatMap((a) =>
    counts.flatMap((b) => (a === b ? [] : [`${a.name} / Math.max(${b.name}, 1)`])),
  );
  const names = features.map(({ name }) => name);
  const parsed =
    (modulates: boolean) =>
    (text: string): LibraryTerm => {
      const graph = parseExpression(text, names);
      return { text, graph, operations: graph.nodes.filter(({ kind }) => kind === 'op').length, modulates };
    };
  if (all.target !== undefined) return [...ones, ...products, ...ofTable(features)].map(parsed(true));
  return [...ones.map(parsed(true)), ...products.map(parsed(false)), ...shares.map(parsed(false))];
}

/** Columns up to which products of three are among the terms: there are about a sixth of the cube. */
const MOST_OF_THREE = 8;

/** What laws of any kind are made of: reciprocals and quotients by what keeps its sign, cubes and products of three. */
function ofTable(features: readonly FeatureInfo[]): readonly string[] {
  const divisors = features.filter(({ range }) => range[0] > 0 || range[1] < 0);
  const quotients = divisors.flatMap(({ name: b }) =>
    features.flatMap(({ name: a }) => (a === b ? [`1 / ${b}`] : [`${a} / ${b}`])),
  );
  if (features.length > MOST_OF_THREE) return [...quotients, ...features.map(({ name: a }) => `${a} * ${a} * ${a}`)];
  const threes = features.flatMap(({ name: a }, i) =>
    features.slice(i).flatMap(({ name: b }, k) => features.slice(i + k).map(({ name: c }) => `${a} * ${b} * ${c}`)),
  );
  return [...quotients, ...threes];
}

function ofOne(feature: FeatureInfo): readonly string[] {
  const { name, range, isCount, isDiscrete } = feature;
  // Of a truth all else is the same.
  if (range[0] === 0 && range[1] <= 1) return [name];
  const roots = range[0] >= 0 ? [`Math.sqrt(${name})`] : [];
  if (isDiscrete === true && isCount !== true) return [name, ...roots];
  const values = spreadOf(feature).filter((value) => Number.isFinite(value) && value !== 0);
  const most = values.at(-1) ?? 0;
  const scales = range[0] >= 0 ? at(values, SCALES) : [];
  const knees = at(values, KNEES);
  const tiles = isCount === true ? TILES.filter((tile) => tile < most && most <= MOST_TILES * tile) : [];
  return [
    name,
    ...roots,
    ...scales.flatMap((c) => [`Math.log1p(${name} / ${c})`, `1 - Math.exp(-${name} / ${c})`]),
    ...knees.flatMap((c) => [`Math.max(${name} - ${c}, 0)`, `${name} > ${c} ? 1 : 0`]),
    ...tiles.map((tile) => `Math.ceil(${name} / ${tile})`),
  ];
}
