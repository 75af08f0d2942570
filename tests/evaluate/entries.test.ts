import { describe, expect, it } from 'vitest';
import type { RegressionTable, TableExperiment } from '../../src/data/index.ts';
import { entryNames, firstEntries, judgedTable, namedEntries } from '../../src/evaluate/entries.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import type { Accepted, ObjectiveName } from '../../src/evaluate/types.ts';
import { type Law, observedTable } from './observed-tables.ts';
import { programOf } from './tables.ts';

const line: Law = ({ prefillTokens, requests, context }) => 500 + 20 * prefillTokens + 30 * requests + context;

/** Experiment 0 was recorded; experiment 1 becomes what its clients observed; experiment 2 has clients alone. */
function twoEntries(): RegressionTable {
  const table = observedTable(line, { experiments: 3, recorded: [0] });
  const experiments = table.experiments.map(
    (entry, at): TableExperiment => (at === 2 ? entry : { ...entry, id: 'both', weight: 1 }),
  );
  return { ...table, experiments };
}

function figures(metrics: Accepted['metrics']['train']): readonly (readonly [string, boolean])[] {
  return metrics.map(({ id, requests }) => [id, requests !== undefined]);
}

function evaluated(objective: ObjectiveName): Accepted {
  const evaluator = new ProgramEvaluator(twoEntries(), {
    ...DEFAULT_EVALUATE_SETTINGS,
    scope: 'experiment',
    objective,
  });
  const program = programOf(
    { a: 1, b: 1, d: 1, e: 1 },
    'c.a + c.b * batch.prefillTokens + c.d * batch.requests + c.e * batch.context',
  );
  const evaluation = evaluator.evaluate({ program, stream: [] });
  evaluator.dispose();
  if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
  return evaluation;
}

describe('an experiment with two entries', () => {
  it('counts by both for replay, and by its steps for other objectives', () => {
    const table = twoEntries();
    expect(judgedTable(table, 'replay')).toBe(table);
    for (const objective of ['e2e', 'mape'] as const) {
      const judged = judgedTable(table, objective);
      expect(
        judged.experiments.map(({ id, weight, observations }) => [id, weight, observations !== undefined]),
      ).toEqual([
        ['both', 2, false],
        ['experiment-2', 1, true],
      ]);
      expect(judgedTable(judged, objective)).toBe(judged);
    }
  });

  it('shares constants between them, and has errors on each', () => {
    const { fits, metrics, error } = evaluated('replay');
    expect(fits.map(({ group }) => group)).toEqual(['both', 'experiment-2']);
    expect(figures(metrics.train)).toEqual([
      ['both', false],
      ['both', true],
      ['experiment-2', true],
    ]);
    expect(error).toBeLessThan(0.1);
    expect(fits[0]!.constants['b']).toBeCloseTo(20, 0);
    expect(figures(evaluated('e2e').metrics.train)).toEqual([
      ['both', false],
      ['experiment-2', true],
    ]);
  });

  it('is told apart by name, and averaged over once', () => {
    const { metrics } = evaluated('replay');
    expect(entryNames(metrics.train)).toEqual(['both', 'both, clients', 'experiment-2']);
    expect(namedEntries(metrics.train).map(({ id }) => id)).toEqual(entryNames(metrics.train));
    expect(figures(firstEntries(metrics.train))).toEqual([
      ['both', false],
      ['experiment-2', true],
    ]);
  });
});
