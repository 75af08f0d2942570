import { type RegressionTable, targetDeviation } from '../data/index.ts';
import type { ExperimentMetrics, ObjectiveName } from './types.ts';

/** Whether experiments count by the steps of theirs that were recorded, where their clients were observed too. */
const IS_BY_STEPS: { readonly [O in ObjectiveName]: boolean } = {
  e2e: true,
  mape: true,
  replay: false,
  mse: true,
};

/**
 * A table as an objective sees it. Entries: `replay` goes by all; the others by the steps of an experiment where these were recorded,
 * by its requests elsewhere.
 */
export function judgedTable(table: RegressionTable, objective: ObjectiveName): RegressionTable {
  const judged = IS_BY_STEPS[objective] ? withoutSecondEntries(table) : table;
  return objective === 'mse' ? withScale(judged) : judged;
}

/** A table whose errors are measured against the standard deviation of the training targets of the row's experiment. */
function withScale(table: RegressionTable): RegressionTable {
  const scale = new Float64Array(table.y.length).fill(1);
  for (const { rows, deviation } of table.experiments) {
    const size = deviation ?? targetDeviation(table.y, table.rowWeights, rows.train);
    for (const range of Object.values(rows)) scale.fill(size, ...range);
  }
  return { ...table, scale };
}

/** A table without what clients observed of experiments whose steps were recorded; these have their whole weight then. */
export function withoutSecondEntries(table: RegressionTable): RegressionTable {
  const stepped = idsOf(table.experiments.filter(({ observations }) => observations === undefined));
  const observed = idsOf(table.experiments.filter(({ observations }) => observations !== undefined));
  if (!table.experiments.some(({ id }) => stepped.has(id) && observed.has(id))) return table;
  return {
    ...table,
    experiments: table.experiments.flatMap((entry) => {
      if (!stepped.has(entry.id) || !observed.has(entry.id)) return [entry];
      return entry.observations === undefined ? [{ ...entry, weight: 2 * entry.weight }] : [];
    }),
  };
}

/** Whose errors they are: of an experiment's steps or of its requests. */
type Entry = Pick<ExperimentMetrics, 'id' | 'requests'>;

/** Errors without those on requests of experiments that have errors on steps: each experiment once. */
export function firstEntries<E extends Entry>(entries: readonly E[]): readonly E[] {
  const stepped = idsOf(entries.filter(({ requests }) => requests === undefined));
  return entries.filter(({ id, requests }) => requests === undefined || !stepped.has(id));
}

/** Names of errors for people: ids, and what they are of where an experiment has two. */
export function entryNames(entries: readonly Entry[]): readonly string[] {
  const first = new Set(firstEntries(entries));
  return entries.map((entry) => (first.has(entry) ? entry.id : `${entry.id}, clients`));
}

/** Errors with these names for ids. */
export function namedEntries<E extends Entry>(entries: readonly E[]): readonly E[] {
  const names = entryNames(entries);
  return entries.map((entry, at) => ({ ...entry, id: names[at]! }));
}

function idsOf(entries: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(entries.map(({ id }) => id));
}
