import type {
  ContextSource,
  DerivedFeature,
  FeatureDefinition,
  FeatureKind,
  MeasuredFeature,
  VisibleFeature,
} from './feature.ts';
import { components } from './feature-components.ts';
import { DEPLOYMENT } from './feature-deployment.ts';
import { TRANSFER } from './feature-transfer.ts';
import {
  ANALYSIS,
  ANY,
  ARCHITECTURE,
  BATCH,
  BATCH_SUMS,
  type FormulaRow,
  KV,
  KV_SUMS,
  type SumRow,
} from './feature-rows.ts';
import type { ModelParameters } from './formulas.ts';
import type { StepColumn } from './step.ts';

function sums(kind: FeatureKind, rows: readonly SumRow[]): readonly MeasuredFeature[] {
  return rows.map(([name, unit, needs, meaning]) => ({
    source: 'requests',
    visible: true,
    kind,
    name,
    unit,
    meaning,
    needs,
    limits: ANY,
  }));
}

function formulas(kind: FeatureKind, rows: readonly FormulaRow[]): readonly Omit<DerivedFeature, 'needs'>[] {
  return rows.map(([name, unit, formula, meaning, limits = ANY]) => ({
    source: 'formula',
    visible: true,
    kind,
    name,
    unit,
    meaning,
    formula,
    limits,
  }));
}

type Defined = MeasuredFeature | Omit<DerivedFeature, 'needs'>;

/** What programs may use, by how contexts are known. */
const EVERY: { readonly [C in ContextSource]: readonly VisibleFeature[] } = {
  blocks: registry('blocks'),
  requests: registry('requests'),
};

/** Names of features that are offered where experiments differ in what they tell. */
const CONDITIONAL = new Map([...DEPLOYMENT, ...TRANSFER].map(({ row: [name], offered }) => [name, offered]));

/** The others. */
const VISIBLE: typeof EVERY = {
  blocks: Object.freeze(EVERY.blocks.filter(({ name }) => !CONDITIONAL.has(name))),
  requests: Object.freeze(EVERY.requests.filter(({ name }) => !CONDITIONAL.has(name))),
};

function registry(contexts: ContextSource): readonly VisibleFeature[] {
  const defined: readonly Defined[] = [
    ...sums('batch', BATCH_SUMS),
    ...formulas('batch', BATCH),
    ...sums('kv', KV_SUMS[contexts]),
    ...formulas('kv', KV[contexts]),
    ...formulas('component', components(contexts)),
    ...formulas('architecture', ARCHITECTURE),
    ...[...DEPLOYMENT, ...TRANSFER].flatMap(({ kind, row }) => formulas(kind, [row])),
  ];
  return Object.freeze(
    defined.map((feature) =>
      Object.freeze(feature.source === 'requests' ? feature : { ...feature, needs: needsOf(feature.name, defined) }),
    ),
  );
}

/** The columns that a formula needs are those of the features it names. */
function needsOf(name: string, defined: readonly Defined[]): readonly StepColumn[] {
  const feature = defined.find((candidate) => candidate.name === name);
  if (feature === undefined) return [];
  if (feature.source === 'requests') return feature.needs;
  const names = (feature.formula.match(/[A-Za-z]\w*/g) ?? []).filter((used) => used !== name);
  return [...new Set(names.flatMap((used) => needsOf(used, defined)))];
}

/** Whether a feature is a whole number on every batch: counts tokens or requests, or is a sum of such features. */
export function isCount(name: string, contexts: ContextSource = 'blocks'): boolean {
  const feature = EVERY[contexts].find((candidate) => candidate.name === name);
  if (feature?.source !== 'formula') return feature !== undefined && feature.name !== 'kvVariance';
  return (
    /^\w+( \+ \w+)+$/.test(feature.formula) && feature.formula.split(' + ').every((part) => isCount(part, contexts))
  );
}

/**
 * Everything that can be known of a step record, in the order in which people and models read it. Programs may use the
 * `visible` ones; where the state of requests was recorded, those of `visibleFeatures('requests')`.
 */
export const FEATURES: readonly FeatureDefinition[] = Object.freeze([
  ...EVERY.blocks,
  ...ANALYSIS.map(([column, unit, meaning, limits = ANY]) =>
    Object.freeze({
      source: 'column' as const,
      visible: false as const,
      kind: 'analysis' as const,
      name: column,
      unit,
      meaning,
      needs: [column],
      limits,
      column,
      reason: `StepTime sees only the requests of the batch: ${column} (${meaning}) is out of its reach`,
    }),
  ),
]);

/** The features that programs may use on some data or other. */
export function everyFeature(contexts: ContextSource = 'blocks'): readonly VisibleFeature[] {
  return EVERY[contexts];
}

/** Those of them that programs may use on any data. */
export function visibleFeatures(contexts: ContextSource = 'blocks'): readonly VisibleFeature[] {
  return VISIBLE[contexts];
}

/** What every experiment of a dataset has. */
export interface Recorded {
  readonly columns: ReadonlySet<StepColumn>;
  /** Whether the state of each request of each batch is known. */
  readonly state: boolean;
  /** The model parameters of each. */
  readonly parameters: readonly ModelParameters[];
}

/** The features that programs may use where this was recorded. */
export function availableFeatures({ columns, state, parameters }: Recorded): readonly VisibleFeature[] {
  return everyFeature(state ? 'requests' : 'blocks').filter(
    ({ name, needs }) => needs.every((column) => columns.has(column)) && (CONDITIONAL.get(name)?.(parameters) ?? true),
  );
}
