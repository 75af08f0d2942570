import { BATCH_REGIMES, type Explanation } from '../../baselines/index.ts';
import { formatNumber } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import { type Column, collapsible, dataTable, number, percent } from './elements.ts';
import { html, type Markup, type Part } from './markup.ts';
import { shortName } from './program-plots.ts';

/** What the times of the pick are made of, and where they are off. Undefined where it was not explained. */
export function explanationSection({ explanation, pick }: ReportData): Markup | undefined {
  if (explanation === undefined || pick === undefined) return undefined;
  const { replayed } = explanation;
  return html`<h2 id="explanation">What the pick's time is made of</h2>
<p><a href="#p-${pick}"><code>${pick}</code></a>, over ${number(explanation.rows)} training and validation rows with its fitted constants; test rows stay closed. The terms add up to the step time. A maximum or a hypotenuse is one term with sides, a condition one with branches; what stands below a term is a part of it.${replayed.length > 0 && html` The rows of ${replayed.map(shortName).join(', ')} are batches of a replay; no residual is of them.`}</p>
${shares(explanation)}
${collapsible('explanation-groups', 'Shares by group of constants', groups(explanation))}
${importance(explanation)}
${signs(explanation)}
${residuals(explanation)}
${components(explanation)}`;
}

function right(header: Part): Column {
  return { header, isNumber: true };
}

function regimeHeaders({ regimes }: Explanation): readonly Part[] {
  return regimes.map(({ regime, meaning, rows }) => html`<abbr title="${meaning}: ${rows} rows">${regime}</abbr>`);
}

function shares(explanation: Explanation): Markup {
  const { terms, regimes } = explanation;
  return dataTable(
    'Share of the predicted time by regime, percent; of a side or a branch also the rows in which it decides, percent of those of the term above.',
    [
      { header: 'term' },
      { header: 'expression' },
      ...regimeHeaders(explanation).map(right),
      right('decides, all rows'),
    ],
    terms.map(({ place, role, text, when, share, decides }) => [
      place,
      html`${role === 'summand' ? '' : `${role}: `}<code>${text}</code>${when !== null && html` when <code>${when}</code>`}`,
      ...regimes.map(({ regime }) => optional(share[regime])),
      decides === null ? '' : optional(decides['all']),
    ]),
  );
}

function groups({ terms }: Explanation): Markup {
  const top = terms.filter(({ place }) => !place.includes('.'));
  return dataTable(
    'Share of the predicted time by group of constants, percent.',
    [{ header: 'group' }, ...top.map(({ place }) => right(place))],
    Object.keys(top[0]?.shareByGroup ?? {}).map((group) => [
      shortName(group),
      ...top.map(({ shareByGroup }) => optional(shareByGroup[group])),
    ]),
  );
}

function importance({ importance: features }: Explanation): Markup | undefined {
  if (features.length === 0) return undefined;
  return dataTable(
    'Importance of features: points of MAPE on validation rows that it rises by when the feature is shuffled among the rows that share constants. Of features that go together each may look idle.',
    [{ header: 'feature' }, right('increase'), right('± over repeats'), { header: 'meaning' }],
    features.map(({ feature, increase, spread, meaning }) => [
      html`<code>${feature}</code>`,
      percent(increase),
      percent(spread),
      meaning,
    ]),
  );
}

function signs({ signs: found }: Explanation): Markup {
  return dataTable(
    'What the time does where something grows: a batch in one respect with all that goes with it, or one feature alone. Marked: other than expected.',
    [
      { header: 'what grows' },
      { header: 'expected' },
      { header: 'found' },
      right('rises, % of rows'),
      right('falls'),
      right('median slope'),
    ],
    found.map((sign) => [
      sign.of === 'batch' ? `batch: ${sign.name}` : html`<code>${sign.name}</code>`,
      sign.expected ?? '–',
      sign.expected === null || sign.expected === sign.found
        ? sign.found
        : html`<span class="warn">${sign.found}</span>`,
      percent(sign.rises),
      percent(sign.falls),
      `${formatNumber(sign.medianUs)} µs${sign.unit === '1' ? '' : `/${sign.unit}`}`,
    ]),
  );
}

interface Figures {
  readonly rows: number;
  readonly bias: number;
  readonly mape: number;
  readonly p10: number;
  readonly p90: number;
}

function residuals({ residuals: { train, valid } }: Explanation): Markup | undefined {
  const names = BATCH_REGIMES.filter((name) => [...train, ...valid].some(({ regime }) => regime === name));
  if (names.length === 0) return undefined;
  const cells = (of: typeof train, name: string): readonly Part[] => {
    const figures = of.find(({ regime }) => regime === name);
    return figures === undefined ? ['0', '–', '–', '–'] : figureCells(figures);
  };
  const headers = (rows: string): readonly Column[] => [rows, 'bias', 'MAPE', 'middle 80 %'].map(right);
  return dataTable(
    'Residuals by regime, predicted minus measured in percent of measured.',
    [{ header: 'regime' }, ...headers('training rows'), ...headers('validation rows')],
    names.map((name) => [name, ...cells(train, name), ...cells(valid, name)]),
  );
}

function components({ components: rows }: Explanation): Markup | undefined {
  if (rows.length === 0) return undefined;
  const headers = (which: string): readonly Column[] => [`rows, ${which}`, 'bias', 'MAPE', 'middle 80 %'].map(right);
  return dataTable(
    "Residuals by component: the third of each experiment's rows in which it takes the least time, and that in which it takes the most.",
    [{ header: 'component' }, ...headers('low'), ...headers('high')],
    rows.map(({ component, meaning, low, high }) => [
      html`<abbr title="${meaning}"><code>${component}</code></abbr>`,
      ...figureCells(low),
      ...figureCells(high),
    ]),
  );
}

function figureCells({ rows, bias, mape, p10, p90 }: Figures): readonly Part[] {
  return [String(rows), percent(bias), percent(mape), `${formatNumber(p10)} … ${formatNumber(p90)}`];
}

function optional(value: number | undefined): Part {
  return value === undefined ? '–' : percent(value);
}
