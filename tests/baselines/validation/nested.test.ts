import { expect, it } from 'vitest';
import { buildTable } from '../../../src/data/index.ts';
import { type FoldSearch, judgeFolds, openRows, trainingData } from '../../../src/baselines/index.ts';
import { shippedProgram } from '../../../src/baselines/fitted-program.ts';
import { blackbox, naiveMean } from '../../../src/baselines/formulas.ts';
import { PARTS } from '../../../src/baselines/validation/parts.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../../src/evaluate/index.ts';
import { smallDataset } from '../sample.ts';

const SHORT_LINE = shippedProgram(`
/** A line in one count. */
export const constants = { a: 9000, d: 20 };
export function predictStepTime(batch, c) { return c.a + c.d * batch.decodeTokens; }
`);
const LINE = shippedProgram(`
/** A line. */
export const constants = { a: 9000, b: 30, d: 20 };
export function predictStepTime(batch, c) { return c.a + c.b * batch.prefillTokens + c.d * batch.decodeTokens; }
`);

it('judges each structure and baseline on what none of them learned from', { timeout: 60_000 }, async () => {
  const dataset = await smallDataset();
  const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
  const data = trainingData(dataset, 'cycle');
  const test = openRows(dataset, 'cycle', 'test');
  const settings = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, objective: 'mape' as const, scope: 'global' as const };
  const input = { program: SHORT_LINE, fits: [], settings, dataset, table, data, test };
  const parts = PARTS.leaveOneWorkloadOut(input);
  if ('impossible' in parts) throw new Error(parts.impossible);
  const entry = {
    id: '0',
    operations: 4,
    constants: 3,
    features: 2,
    error: 1,
    validationError: 2,
    generation: 0,
    source: '',
  };
  const searches: readonly FoldSearch[] = [
    { part: parts[0]!, pick: { program: LINE, entry } },
    { part: parts[1]!, pick: { problem: 'no validation rows' } },
  ];
  const told: string[] = [];
  const found = await judgeFolds(input, searches, [blackbox('global'), naiveMean('experiment')], (name) =>
    told.push(name),
  );
  if ('impossible' in found) throw new Error(found.impossible);
  expect(told).toEqual(['codegen', 'general']);

  const [codegen, general] = found.folds;
  expect([codegen!.pick, general!.pick]).toEqual([entry, null]);
  const of = (at: number): readonly (string | null)[] => found.folds.map(({ contenders }) => contenders[at]!.problem);
  expect(of(0)).toEqual([null, 'no validation rows']);
  expect(of(1)).toEqual([null, null]);
  expect(of(2)).toEqual([null, null]);
  // An experiment that was held out has no constants of its own.
  expect(of(3)).toEqual(Array.from({ length: 2 }, () => 'not fitted for such experiments'));

  const [searched, refitted, line, mean] = found.averages;
  expect([searched, refitted, line, mean].map((each) => each!.predicted)).toEqual([1, 3, 3, 0]);
  expect(mean!.mean.mape).toBeNull();
  // Each is judged on its own: a price of prefill tokens tells them apart.
  const [own, other] = codegen!.contenders.map(({ experiments }) => experiments[0]!);
  expect([own!.id, own!.rows]).toEqual([other!.id, other!.rows]);
  expect(own!.mape).not.toBeCloseTo(other!.mape, 3);
  expect(refitted!.closedLoop).toBeNull();
});
