import { spreadText } from '../constants.ts';
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

function constants({ details, fits }: ProgramReport): Markup {
  const names = Object.keys(fits[0]?.constants ?? {});
  if (names.length === 0) return html`<p>The program has no constants.</p>`;
  const rows = names.map((name): readonly Part[] => [
    html`<code>${name}</code>`,
    details.constants.find((constant) => constant.name === name)?.unit ?? '?',
    ...details.constants
      .filter((constant) => constant.name === name)
      .map((constant) => {
        const text = spreadText(constant);
        const spread = constant.identified ? text : html`<span class="warn">${text}</span>`;
        return html`${number(constant.value)} <small>${spread}</small>`;
      }),
  ]);
  return html`<h3>Fitted constants</h3>
${dataTable(
  'By group of experiments, with standard errors. “Not identified”: the training rows do not determine the value, or it is a threshold, which a standard error cannot describe. “At its bound”: the rows push it to where it makes no sense, such as a negative time. Units are inferred; “?” where one cannot be told.',
  [
    { header: 'constant' },
    { header: 'unit' },
    ...fits.map(({ group }) => ({ header: shortName(group), isNumber: true })),
  ],
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
