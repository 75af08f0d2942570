import type { FrontEntry } from '../../run/index.ts';
import type { ReportData } from '../report-data.ts';
import { dataTable, figure, number, percent } from './elements.ts';
import { frontPlot, markOf } from './front-plot.ts';
import { html, type Markup, type Part } from './markup.ts';

/** The front as a plot and as a table. */
export function frontSection({ front, pick, knee }: ReportData): Markup {
  const plot = frontPlot(front, pick, knee);
  const hasLoop = front.some(({ closedLoop }) => closedLoop !== undefined);
  const right = (header: Part): { readonly header: Part; readonly isNumber: true } => ({ header, isNumber: true });
  return html`<h2>Pareto front</h2><div class="columns front">
${plot !== undefined && figure(plot, 'No program of the front is beaten in operations, features and error at once. The line joins the lowest errors; circled: the pick and the knee.')}
${dataTable(
  'Choose a program to see all of it below. Errors in percent.',
  [
    { header: 'program' },
    right('operations'),
    right('features'),
    right('constants'),
    right('error'),
    right('validation'),
    ...(hasLoop
      ? [right(html`<abbr title="objective replay, in closed loop, validation requests">closed loop (valid)</abbr>`)]
      : []),
    right(html`<abbr title="mean absolute percentage error">MAPE</abbr>`),
    { header: 'made by' },
  ],
  front.map((entry) => [
    html`<a href="#p-${entry.id}"><code>${entry.id}</code></a> <small class="warn">${markOf(entry.id, pick, knee)}</small>`,
    number(entry.operations),
    number(entry.features),
    number(entry.constants),
    percent(entry.error),
    percent(entry.validationError),
    ...(hasLoop ? [loopCell(entry)] : []),
    percent(entry.mape),
    entry.operator,
  ]),
)}</div>`;
}

function loopCell({ closedLoop }: FrontEntry): Part {
  if (closedLoop === undefined) return '–';
  const { validationError, converged, saturated } = closedLoop;
  const remarks = [...(converged ? [] : ['not settled']), ...(saturated.length > 0 ? ['saturated'] : [])].join(', ');
  return html`${percent(validationError)}${remarks !== '' && html` <small class="warn">${remarks}</small>`}`;
}
