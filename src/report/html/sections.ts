import { entryNames } from '../../evaluate/index.ts';
import { PICK_DETAILS, PICK_RULE } from '../../search/index.ts';
import { formatPercent } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import { dataTable, figure, number, percent } from './elements.ts';
import { html, type Markup, type Part } from './markup.ts';
import { FIGURE_OF } from './program-panel.ts';
import { shortName } from './program-plots.ts';
import { convergencePlot, gridPlot } from './run-plots.ts';

const OBJECTIVES: Readonly<Record<string, string>> = {
  e2e: 'e2e: mean end-to-end error of the three worst experiments, in blocks of time',
  replay:
    'replay: errors of E2E, TTFT and time between tokens over requests, means and 90th percentiles, of the three worst experiments',
  mse: 'mse: root mean squared error, in percent of the standard deviation of the target',
  mape: 'MAPE: mean absolute percentage error, mean over experiments',
};

const TARGETS: Readonly<Record<string, string>> = {
  cycle: 'cycle: from the start of a step to the start of the next',
  duration: 'duration: the scheduler call alone',
};

function targetText(table: ReportData['run']['config']['data']['table']): string | undefined {
  if (table === undefined) return undefined;
  const { header, unit } = table.target;
  return `${header}${unit === '' ? '' : `, ${unit}`}, of ${table.features.map((column) => column.header).join(', ')}`;
}

/** What the run was, and the program that it proposes. */
export function headerSection({ run, summary, pick, isOver }: ReportData): Markup {
  const { config } = run;
  const data =
    config.data.source === 'demo' ? 'embedded demo: simulated traffic, not measurements' : config.data.source;
  const facts: readonly (readonly [Part, Part])[] = [
    ['data', data],
    ['target', targetText(config.data.table) ?? TARGETS[config.target]],
    ...(config.data.table?.description === undefined ? [] : [['table', config.data.table.description] as const]),
    ['objective', OBJECTIVES[config.objective]],
    ['constants fitted by', config.scope],
    ['operator', config.operator],
    ['seed', config.search.seed],
    [
      'generations',
      html`${number(summary.generations)} of ${config.search.generations}${isOver ? ', over' : ', not over'}`,
    ],
  ];
  return html`<h1>${config.data.table === undefined ? 'Step-time programs' : config.data.table.target.header}: ${run.name}</h1>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${
  summary.best !== null &&
  html`<p class="lead">The pick is <a href="#p-${pick ?? ''}"><code>${summary.best.id}</code></a>: error ${percent(summary.best.validationError)} % on validation rows with ${summary.best.operations} operations and ${summary.best.features} features. It is ${PICK_RULE}. ${PICK_DETAILS.join(' ')} The knee is where more operations stop to buy much accuracy.</p>${(summary.choice?.warnings ?? []).map((warning) => html`<p class="warn">Of the pick: ${warning}.</p>`)}`
}`;
}

/** How the search went: convergence, grid, what each mutation brought. */
export function searchSection(data: ReportData): Markup {
  const { history, summary } = data;
  const convergence = convergencePlot(history);
  const grid = gridPlot(data);
  return html`<h2>The search</h2><div class="columns">
${convergence !== undefined && figure(convergence, 'The lowest error on training rows (solid) and what that same program has on validation rows (dashed), which the search never sees.')}
${grid !== undefined && figure(grid, html`MAP-Elites grid: the lowest error in percent of each niche, over all islands; the stronger the colour, the lower. ${number(summary.coverage * 100)} % of the niches are filled.`)}
${
  history.operators.length > 0 &&
  dataTable(
    'What each mutation brought. Front, niches: programs that joined the Pareto front or took a niche when they came; best: those that lowered the best error.',
    [
      { header: 'mutation' },
      ...['proposed', 'evaluated', 'niches', 'front', 'best'].map((header) => ({ header, isNumber: true })),
    ],
    history.operators.map((row) => [
      `${row.operator}:${row.mutation}`,
      ...[row.proposed, row.evaluated, row.niches, row.front, row.best].map(String),
    ]),
  )
}
${
  history.improvements.length > 0 &&
  dataTable(
    'Programs that lowered the best error on training rows, percent.',
    [
      { header: 'program' },
      { header: 'generation', isNumber: true },
      { header: 'made by' },
      { header: 'error', isNumber: true },
    ],
    history.improvements.map(({ id, generation, operator, mutation, error }) => [
      html`<code>${id}</code>`,
      String(generation),
      `${operator}:${mutation}`,
      percent(error),
    ]),
  )
}</div>`;
}

/** Every seed program and baseline beside the front's best, by experiment. */
export function referenceSection({ run, references, programs, pick }: ReportData): Markup | undefined {
  if (references.length === 0) return undefined;
  const [figureName, label] = FIGURE_OF[run.config.objective];
  const chosen = programs.find(({ details }) => details.id === pick)?.details;
  const experiments = references
    .flatMap((reference) => entryNames(reference.experiments))
    .filter((name, at, all) => all.indexOf(name) === at);
  const rows = [
    ...(chosen === undefined
      ? []
      : [
          {
            name: `the pick, ${chosen.id}`,
            kind: 'program',
            error: chosen.validationError,
            experiments: chosen.validationExperiments,
          },
        ]),
    ...references.toSorted((a, b) => a.error - b.error),
  ];
  return html`<h2 id="references">Seeds and baselines</h2>
${dataTable(
  html`Validation rows; objective and ${label} of each experiment in percent. “–”: it cannot predict the experiment, so its objective is over the others alone. Baselines that choose settings on validation rows look a little better here than they are.`,
  [
    { header: 'predictor' },
    { header: 'kind' },
    { header: 'objective', isNumber: true },
    ...experiments.map((name) => ({ header: shortName(name), isNumber: true })),
  ],
  rows.map((row) => [
    row.name,
    row.kind,
    percent(row.error),
    ...experiments.map((name) => {
      const metrics = row.experiments[entryNames(row.experiments).indexOf(name)];
      return metrics === undefined ? '–' : percent(metrics[figureName]);
    }),
  ]),
)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  duplicate: 'the run knew the program already',
  screen: 'after a quick fit on a sample of rows, worse than a constant',
  race: 'on the way to its fit, far above what could enter the archive',
  'not-finite': 'gives a value that is not a number',
  'not-positive': 'predicts a time that is not positive',
  bounds: 'never near the targets, or without a value on some batches, whatever its constants are',
  caps: 'larger than the caps allow',
  malformed: 'not a program',
  invalid: 'the text that came back is not a program',
  'no-proposal': 'the operator came back with nothing',
  'no-feature': 'reads no feature',
  'unknown-feature': 'reads a feature that the data does not have',
  kernel: 'its compiled form predicts otherwise than the program says: an error of evolve',
  timeout: 'took too long to evaluate',
  memory: 'took too much memory',
  crash: 'ended the process that evaluated it',
};

/** What was rejected and why. */
export function rejectionSection({ history, summary }: ReportData): Markup {
  const { rejections } = history;
  if (rejections.length === 0) return html`<h2>Rejected</h2><p>Nothing was rejected.</p>`;
  return html`<h2>Rejected</h2>
${dataTable(
  html`${summary.proposed} programs were proposed, ${summary.evaluated} evaluated to the end.`,
  [
    { header: 'reason' },
    { header: 'programs', isNumber: true },
    { header: 'share', isNumber: true },
    { header: 'meaning' },
    { header: 'for example' },
  ],
  rejections.map(({ reason, count, examples }) => [
    reason,
    number(count),
    `${formatPercent((100 * count) / summary.proposed)} %`,
    REASONS[reason] ?? '',
    html`<ul class="examples">${examples.map(({ mutation, detail }) => html`<li>${mutation}: ${detail}</li>`)}</ul>`,
  ]),
)}`;
}
