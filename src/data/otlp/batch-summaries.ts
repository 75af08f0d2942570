import { UserError } from '../../base/index.ts';
import { STEP_COLUMNS } from '../../physics/index.ts';
import type { RawColumns } from '../steps.ts';
import { numbersOf, otlpObjects, type SpanEvent } from './otlp.ts';

const EVENT = 'step.BATCH_SUMMARY';

/**
 * Reads the BATCH_SUMMARY events of trace files; only the step columns are kept.
 *
 * @throws UserError where a file cannot be read, is not OTLP in JSON, or an event lacks an attribute.
 */
export async function readBatchSummaries(files: readonly string[]): Promise<RawColumns> {
  const columns = new Map<string, unknown[]>(Object.values(STEP_COLUMNS).map((key) => [key, []]));
  for await (const { object: event, place } of otlpObjects<SpanEvent>(files, EVENT)) {
    if (event.name !== EVENT) continue;
    const values = numbersOf(event);
    for (const [key, cells] of columns) {
      const cell = values.get(key);
      if (cell === undefined) {
        throw new UserError({
          code: 'data.missing-attribute',
          place,
          problem: `a ${EVENT} event has no number \`${key}\``,
          mend: 'Remove the event or trace again',
        });
      }
      cells.push(cell);
    }
  }
  return columns;
}
