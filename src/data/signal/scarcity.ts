import { isRecorded, type StepColumn, type StepColumns } from '../../physics/index.ts';
import { SPLITS, splitRanges } from '../split.ts';
import type { TargetRows } from '../target.ts';

/** Constants of a program at most: fewer rows leave some of them open. */
const CONSTANTS = 10;

/** What programs are made of, in words. */
const BATCH: readonly (readonly [StepColumn, string])[] = [
  ['prefillTokens', 'prefill tokens'],
  ['decodeTokens', 'decode tokens'],
  ['prefillRequests', 'prefilling requests'],
  ['decodeRequests', 'decoding requests'],
  ['kvBlocksFree', 'free KV blocks'],
];

/** Where cycles are too few or too much alike to tell what a step costs, one line each. */
export function scarcity(steps: StepColumns, { index, y }: TargetRows): readonly string[] {
  if (index.length === 0) {
    const why = isRecorded(steps, 'startNs')
      ? 'no two consecutive steps were recorded'
      : 'no starts of steps were recorded';
    return [`no cycles: ${why}`];
  }
  const ranges = splitRanges(steps.stepId.length);
  const few = SPLITS.map((split) => {
    const [start, end] = ranges[split];
    return { split, rows: index.filter((row) => row >= start && row < end).length };
  }).filter(({ rows }) => rows < CONSTANTS);
  const varies = (column: StepColumn): boolean => new Set(Array.from(index, (row) => steps[column][row])).size > 1;
  const recorded = BATCH.filter(([column]) => index.some((row) => !Number.isNaN(steps[column][row])));
  const constant = recorded.filter(([column]) => !varies(column));
  const isOneBatch = constant.length === recorded.length;
  return [
    ...(few.length > 0
      ? [
          `few cycles (${few.map(({ split, rows }) => `${rows} ${split}`).join(', ')}): a program may have ${CONSTANTS} constants`,
        ]
      : []),
    ...(new Set(y).size === 1 ? [`all cycles take ${y[0]} µs: only a constant can be learnt`] : []),
    ...(isOneBatch ? ['all batches are alike: only a constant can be learnt'] : []),
    ...(constant.length > 0 && !isOneBatch
      ? [`never change, so nothing can be learnt of them: ${constant.map(([, words]) => words).join(', ')}`]
      : []),
  ];
}
