import { UserError } from '../../base/index.ts';
import type { Experiment } from '../dataset.ts';
import { type GoodRows, withoutBadRows } from '../steps/drop-bad-rows.ts';
import type { ImportOptions } from './import-options.ts';
import { kvEventColumns } from '../sources/ground-truth/kv-events.ts';
import type { RawSteps, RunRecords } from '../sources/source.ts';
import { orderedSteps } from '../steps/steps.ts';

/** The step records of a run with what is known of each, and what was subtracted from their timestamps, ns. */
interface RunSteps extends Pick<Experiment, 'steps' | 'engines' | 'removed' | 'state' | 'kvEvents'> {
  readonly originNs: number;
}

/**
 * The step records of a run, checked.
 *
 * @throws UserError where there are none left, or something is wrong in them that is not to be left out.
 */
export function runSteps(
  { steps: raw, kvEvents: log, place }: RunRecords,
  { dropBad = false, onNote }: ImportOptions,
): RunSteps {
  if (raw === undefined) return { originNs: 0 };
  const { steps: good, badRows, words } = dropBad ? withoutBadRows(raw) : asTheyAre(raw);
  if (badRows > 0) onNote?.(`${place}: ${badRows} rows with bad cells are left out: ${words}`);
  const { steps, engines, records, originNs, duplicates } = orderedSteps(good.columns, good.file, good.locate);
  if (steps.stepId.length > 0) {
    const removed = { ...(duplicates > 0 && { duplicates }), ...(badRows > 0 && { bad: badRows }) };
    // Steps of several engines have the same ids.
    const kvEvents = engines === undefined && log ? kvEventColumns(log, steps.stepId) : undefined;
    return {
      steps,
      ...(engines && { engines }),
      ...(Object.keys(removed).length > 0 && { removed }),
      ...(good.state && { state: good.state(records) }),
      ...(kvEvents && { kvEvents }),
      originNs,
    };
  }
  throw new UserError({
    code: 'data.no-steps',
    place: { file: raw.file },
    problem: badRows > 0 ? `all ${badRows} rows have bad cells: ${words}` : 'no step records in it',
    mend: 'Trace with step tracing on, or remove the file',
  });
}

function asTheyAre(steps: RawSteps): GoodRows {
  return { steps, badRows: 0, words: '' };
}
