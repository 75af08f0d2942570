import { formatNumber } from '../format.ts';
import { OVERHEAD_NAMES, OVERHEADS } from '../overheads.ts';
import type { ProgramReport } from '../report-data.ts';
import { dataTable, number } from './elements.ts';
import { html, type Markup, type Part } from './markup.ts';
import { shortName } from './program-plots.ts';

/** The constants of a program by group of experiments, and what clients see beyond its steps where that was fitted. */
export function constantsSection(program: ProgramReport): Markup {
  return html`${constants(program)}
${overheads(program)}`;
}

function constants({ fits }: ProgramReport): Markup {
  const names = Object.keys(fits[0]?.constants ?? {});
  if (names.length === 0) return html`<p>The program has no constants.</p>`;
  const rows = names.map((name): readonly Part[] => [
    html`<code>${name}</code>`,
    ...fits.map(({ constants: values, standardErrors }) => {
      const error = standardErrors[name];
      const spread =
        error === null || error === undefined
          ? html`<span class="warn">not identified</span>`
          : html`± ${formatNumber(error)}`;
      return html`${number(values[name] ?? Number.NaN)} <small>${spread}</small>`;
    }),
  ]);
  return html`<h3>Fitted constants</h3>
${dataTable(
  'By group of experiments, with standard errors. “Not identified”: the training rows do not determine the value, or it is a threshold, which a standard error cannot describe.',
  [{ header: 'constant' }, ...fits.map(({ group }) => ({ header: shortName(group), isNumber: true }))],
  rows,
)}`;
}

function overheads({ fits }: ProgramReport): Markup | undefined {
  const known = fits.flatMap(({ group, overheads: own }) => (own === undefined ? [] : [{ group, own }]));
  if (known.length === 0) return undefined;
  return dataTable(
    'What clients see beyond steps, by group of experiments.',
    [
      { header: 'overhead' },
      ...known.map(({ group }) => ({ header: shortName(group), isNumber: true })),
      { header: 'meaning' },
    ],
    OVERHEAD_NAMES.map((name) => [
      OVERHEADS[name].name,
      ...known.map(({ own }) => number(own[name])),
      OVERHEADS[name].meaning,
    ]),
  );
}
