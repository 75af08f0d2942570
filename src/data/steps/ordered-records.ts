import { UserError } from '../../base/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import { separateEngines } from '../signal/engines.ts';

/** Columns of a source that say which engine a record is of: one counter of steps for each combination of their values. */
const ENGINE_LABELS = ['engine', 'engine_id', 'dp_rank', 'data_parallel_rank', 'pp_rank', 'pipeline_stage'] as const;

/** What the columns of a source say of the engine of each record; undefined where it has no such column. */
export function engineLabels(raw: ReadonlyMap<string, ArrayLike<unknown>>): readonly string[] | undefined {
  const columns = ENGINE_LABELS.map((name) => raw.get(name)).filter((cells) => cells !== undefined);
  const [first] = columns;
  return first && Array.from(first, (_, row) => columns.map((cells) => labelOf(cells[row])).join(' '));
}

function labelOf(cell: unknown): string {
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}

/** Which records there are, each once, in the project's order. */
interface OrderedRecords {
  readonly records: Int32Array;
  /** Of each of `records`; absent where there is one. */
  readonly engines?: Float64Array;
  readonly duplicates: number;
}

/**
 * Records ascending by step id, or by start time where several engines took them.
 *
 * @param known engine of each record, where nothing is to be found out.
 * @throws UserError where two different records of one engine share an id.
 */
export function orderedRecords(
  steps: StepColumns,
  labels: readonly string[] | undefined,
  file: string,
  known?: ArrayLike<number>,
): OrderedRecords {
  const distinct = distinctRecords(steps, labels);
  const stepId = Float64Array.from(distinct, (record) => steps.stepId[record]!);
  const startNs = Float64Array.from(distinct, (record) => steps.startNs[record]!);
  const found = known
    ? { engines: Float64Array.from(distinct, (record) => known[record]!), count: new Set(Array.from(known)).size }
    : separateEngines({ stepId, startNs, labels: labels && Array.from(distinct, (record) => labels[record]!) });
  if ('repeatedId' in found) throw repeatedStep(file, found.repeatedId);
  const { engines, count } = found;
  // Without start times the records of several engines are taken to be in order of time.
  const byTime = (a: number, b: number): number =>
    Number.isNaN(startNs[a]) ? a - b : startNs[a]! - startNs[b]! || engines[a]! - engines[b]!;
  const order = Int32Array.from(distinct, (_, at) => at).sort(
    (a, b) => (count > 1 ? byTime(a, b) : 0) || stepId[a]! - stepId[b]! || a - b,
  );
  return {
    records: Int32Array.from(order, (at) => distinct[at]!),
    duplicates: steps.stepId.length - distinct.length,
    ...(count > 1 && { engines: Float64Array.from(order, (at) => engines[at]!) }),
  };
}

/** The records, ascending, without those that equal an earlier one. */
function distinctRecords(steps: StepColumns, labels: readonly string[] | undefined): Int32Array {
  const { stepId, startNs, ...others } = steps;
  const columns = [stepId, startNs, ...Object.values(others)];
  const all = Int32Array.from(stepId, (_, record) => record);
  // In order of all that they hold, equal ones stand side by side, the earliest first.
  const compared = (a: number, b: number): number => {
    for (const column of columns) {
      const order = numberOrder(column[a]!, column[b]!);
      if (order !== 0) return order;
    }
    return labels === undefined ? 0 : textOrder(labels[a]!, labels[b]!);
  };
  const sorted = all.slice().sort((a, b) => compared(a, b) || a - b);
  const repeated = new Set(sorted.filter((record, at) => at > 0 && compared(sorted[at - 1]!, record) === 0));
  return all.filter((record) => !repeated.has(record));
}

/** Numbers that are not known come last, and are equal. */
function numberOrder(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function textOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function repeatedStep(file: string, id: number): UserError {
  return new UserError({
    code: 'data.repeated-step',
    place: { file },
    problem: `two different records have the step id ${id}, and neither ids nor clock tell their engines apart`,
    mend: /\.(csv|parquet)$/i.test(file)
      ? 'Say of each record which engine took it, in a column `engine`'
      : 'Give each engine an experiment folder of its own, with its records alone',
  });
}
