import { plotFront, frontTable, kneeOf } from '../report/index.ts';
import type { FrontEntry } from '../run/index.ts';
import type { ObjectiveName } from '../evaluate/index.ts';
import { PICK_RULE } from '../search/index.ts';
import { colours } from './colours.ts';
import { wrapped } from './wrapped.ts';

/** The rule is shown as it is used. */
const MARKS = [...wrapped(`* the pick: ${PICK_RULE}`, 80), 'K the knee: more operations buy little beyond it'].join(
  '\n',
);

const COLUMNS = [
  'ops: operations; if: conditionals; const: fitted constants; feat: features',
  'error: the objective, training rows, %; MAPE: mean absolute percentage error,',
  'training rows; valid: the objective, validation rows, %; gen: generation',
].join('\n');

const ROW_COLUMNS = [
  'ops: operations; if: conditionals; const: fitted constants; feat: features',
  'error: root mean squared error, MAE: mean absolute error, training rows, % of',
  'the standard deviation of the target; valid: error, validation rows',
].join('\n');

const LOOP_COLUMNS = [
  'ops: operations; if: conditionals; const: fitted constants; feat: features',
  'error: the objective, training rows, %; valid: the same, validation rows;',
  'loop: the objective replay in closed loop, validation requests, %',
].join('\n');

const PLOT_LEGEND = 'A digit is a program by its number of features; dots join the lowest errors.';

/** The front as a table with its legend; the pick stands out. */
export function frontierText(
  entries: readonly FrontEntry[],
  pick: string | undefined,
  objective?: ObjectiveName,
): string {
  const isOfRows = objective === 'mse';
  const { bold, dim } = colours();
  const table = frontTable(entries, pick, kneeOf(entries)?.id, isOfRows)
    .split('\n')
    .map((line) => (pick !== undefined && line.includes(` ${pick} `) ? bold(line) : line))
    .join('\n');
  const columns = entries.some(({ closedLoop }) => closedLoop !== undefined)
    ? LOOP_COLUMNS
    : isOfRows
      ? ROW_COLUMNS
      : COLUMNS;
  return `${table}\n${dim(pick === undefined ? columns : `${MARKS}\n${columns}`)}`;
}

/** The front as a small plot, at most 80 columns wide, with its legend; empty where it has fewer than two programs. */
export function frontPlotText(entries: readonly FrontEntry[], pick: string | undefined): string {
  const { dim } = colours();
  const plot = plotFront(entries, { pick, knee: kneeOf(entries)?.id });
  return plot === '' ? '' : `${plot}\n${dim(PLOT_LEGEND)}`;
}
