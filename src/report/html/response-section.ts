import type { ResponsePoint } from '../../evaluate/index.ts';
import { formatPercent } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import { collapsible, dataTable, figure, number } from './elements.ts';
import { html, type Markup } from './markup.ts';
import { RESPONSES, responsePlot } from './response-plots.ts';

/** How the pick behaves where nothing was measured. Undefined where the run's data is not at hand. */
export function responseSection({ beyond, pick }: ReportData): Markup | undefined {
  if (beyond === undefined || pick === undefined || beyond.curves.length === 0) return undefined;
  const { floor, coverage, curves } = beyond;
  return html`<h2 id="responses">How the pick responds beyond its data</h2>
<p><a href="#p-${pick}"><code>${pick}</code></a> from one token to what engine and model allow. The band is the 90 % interval, the broken line the physical floor: FLOPs at peak or bytes at peak bandwidth, whichever takes longer. Dots at the foot are where training rows lie; far from them a curve is what the formula says, and no more.</p>
<ul>
${floor !== null && floor.worst !== null && html`<li>${floor.violations} of ${floor.batches} batches of a fine grid are too fast or absurdly slow; the fastest takes ${number(floor.worst)} times its floor. ${floor.shortRises} of ${floor.rises} steps to more context cost less than it takes to read it.</li>`}
${floor !== null && Object.entries(floor.questioned).map(([model, why]) => html`<li>The floor of ${model} is set aside: ${why}.</li>`)}
${coverage !== null && html`<li>${formatPercent(coverage.coverage)} % of ${coverage.rows} validation rows lie within their 90 % interval.</li>`}
</ul>
${curves.map(
  ({
    group,
    model,
    ...own
  }) => html`<h3>${group === model || group === 'all' ? model : `${model}, constants of ${group}`}</h3>
<div class="columns">${RESPONSES.map(([name, label]) => own[name].length > 1 && figure(responsePlot(own[name], label, model), label))}</div>
${collapsible(
  `responses-${group}-${model}`,
  'The figures',
  html`${RESPONSES.map(([name, label]) => own[name].length > 1 && figures(label, own[name]))}`,
)}`,
)}`;
}

function figures(label: string, points: readonly ResponsePoint[]): Markup {
  return dataTable(
    `Step time against ${label}, ms.`,
    [label, 'time', 'floor', 'low', 'high', 'training rows near'].map((header) => ({ header, isNumber: true })),
    points.map(([x, us, floorUs, lowUs, highUs, rows]) => [
      number(x),
      ...[us, floorUs, lowUs, highUs].map((time) => number(time / 1000)),
      number(rows),
    ]),
  );
}
