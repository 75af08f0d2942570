import { entryNames, type ExperimentMetrics, type ObjectiveName } from '../../evaluate/index.ts';
import type { ClosedLoopSummary, RunConfig } from '../../run/index.ts';
import { formatPercent } from '../format.ts';
import type { LineageStep } from '../lineage.ts';
import type { ProgramReport, Reference, ReportData } from '../report-data.ts';
import { shellLine } from '../reproduce.ts';
import type { PartFigures, RowFigures } from '../row-figures.ts';
import type { Highlight } from './code.ts';
import { constantsSection } from './constants-section.ts';
import { command, correlation, dataTable, figure, collapsible, number, percent } from './elements.ts';
import { markOf } from './front-plot.ts';
import { html, type Markup, type Part, trusted } from './markup.ts';
import { bestOther, densityBounds, densityPlot, experimentPlot, residualPlot, shortName } from './program-plots.ts';

/** Everything about one program of the front; `isBrief` leaves out the errors by experiment and by row. */
export function programPanel(data: ReportData, program: ProgramReport, highlight: Highlight, isBrief: boolean): Markup {
  const { details } = program;
  const { doc } = details;
  const mark = markOf(details.id, data.pick, data.knee);
  return html`<section class="program" id="p-${details.id}" data-program="${details.id}" aria-labelledby="h-${details.id}"${details.id !== data.pick && html` hidden`}>
<h2 id="h-${details.id}" tabindex="-1">Program <code>${details.id}</code>${mark !== '' && html` <span class="mark">${mark}</span>`}</h2>
${doc !== '' && html`<p class="reason">${doc}</p>`}
${keyFigures(program, data.run.config)}
${formulas(program, data.run.config, highlight)}
${constantsSection(program)}
${isBrief ? html`<p>To keep the page small, errors by experiment and by row are shown for the programs with the lowest validation error alone. <code>evolve show</code> has them for this one.</p>` : errors(data, program)}
${ancestry(data, program)}
${commands(data, details.id)}
</section>`;
}

function errors(data: ReportData, program: ProgramReport): Markup {
  return html`${experiments(data, program)}
${program.rows === undefined ? html`<p>The data of the run was not at hand, so figures row by row are left out.</p>` : rowSection(program.rows)}`;
}

function keyFigures({ details, invariants }: ProgramReport, { objective, data: { table } }: RunConfig): Markup {
  const gap = details.validationError - details.error;
  const rows: readonly (readonly [Part, Part])[] = [
    ['error, training rows', html`${percent(details.error)} %`],
    ['error, validation rows', html`${percent(details.validationError)} %`],
    ['generalisation gap', html`${gap >= 0 ? '+' : '−'}${formatPercent(Math.abs(gap))} points`],
    [
      objective === 'mse'
        ? html`<abbr title="mean absolute error, percent of the standard deviation of the target">MAE</abbr>, training rows`
        : html`<abbr title="mean absolute percentage error, mean over experiments">MAPE</abbr>, training rows`,
      html`${percent(details.mape)} %`,
    ],
    ...(details.closedLoop === undefined ? [] : closedLoopFigures(details.closedLoop)),
    ['operations', number(details.operations)],
    ['conditionals', number(details.conditionals)],
    ['fitted constants', number(new Set(details.constants.map(({ name }) => name)).size)],
    ['features', number(details.features)],
    ['found in generation', number(details.generation)],
    ['made by', details.operator],
    ...(table === undefined
      ? [
          [
            'more tokens, smaller time (INV-M-5, at most 5 %)',
            html`${(100 * invariants.monotonicityViolations).toFixed(1)} % of pairs`,
          ] as const,
        ]
      : []),
  ];
  return html`<dl class="figures">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function closedLoopFigures(loop: ClosedLoopSummary): readonly (readonly [Part, Part])[] {
  const { error, validationError, rounds, converged } = loop;
  return [
    ['in closed loop, training requests', html`${percent(error)} %`],
    ['in closed loop, validation requests', html`${percent(validationError)} %`],
    ['replays of the closed-loop fit', html`${number(rounds)}${!converged && ', not settled'}`],
  ];
}

function formulas({ details, mathml }: ProgramReport, { data: { table } }: RunConfig, highlight: Highlight): Markup {
  return html`<h3>What it computes</h3>
<div class="scroll" tabindex="0" role="region" aria-label="formula">${trusted(mathml)}</div>
<p class="hint">t is ${table === undefined ? 'the time of one step in µs' : html`<em>${table.target.header}</em>${table.target.unit !== '' && html` in ${table.target.unit}`}`}. <span class="feature">Upright</span> names are ${table === undefined ? 'features of the batch' : 'columns'}, <span class="constant">italic</span> ones are fitted constants.</p>
${collapsible('source', 'Source', highlight(details.source, 'javascript'), true)}
${collapsible('go', 'Go', html`${highlight(details.go, 'go')}<p class="hint">The function alone; <code>evolve export</code> ${table === undefined ? 'writes the package that computes the features from requests' : 'writes a package with the constants'}.</p>`)}
${collapsible('latex', 'LaTeX', html`<pre tabindex="0"><code>${details.latex}</code></pre>`)}`;
}

/** The figure of an experiment that an objective is made of. */
export const FIGURE_OF: { readonly [O in ObjectiveName]: readonly [figure: 'e2eError' | 'mape', label: string] } = {
  mse: ['mape', 'mean absolute error'],
  e2e: ['e2eError', 'E2E error'],
  replay: ['e2eError', 'E2E error'],
  mape: ['mape', 'MAPE'],
};

function experiments({ run, references }: ReportData, { details }: ProgramReport): Markup {
  const [key, label] = FIGURE_OF[run.config.objective];
  const own = details.validationExperiments;
  const plot = experimentPlot(own, references, key, label);
  const shown = figuresOf(own).filter(({ of }) => own.some((metrics) => of(metrics) !== null));
  const kinds = (['seed', 'baseline'] as const).filter((kind) =>
    references.some((reference) => reference.kind === kind),
  );
  const names = entryNames(own);
  const best = (kind: Reference['kind'], entry: string): Part => {
    const other = bestOther(references, kind, entry, key);
    return other === undefined ? '–' : html`${percent(other.value)} <small>${other.name}</small>`;
  };
  return html`<h3>Errors by experiment</h3>
<div class="columns">${
    plot !== undefined &&
    figure(
      plot,
      html`Validation rows. Dot: this program; bar: the best of the seed programs${kinds.includes('baseline') && '; diamond: the best of the baselines'}. Each is fitted on the same training rows. All of them are in <a href="#references">seeds and baselines</a>.`,
    )
  }
${dataTable(
  'This program on validation rows, percent but for r and R².',
  [
    { header: 'experiment' },
    { header: 'rows', isNumber: true },
    ...shown.map(({ short, meaning }) => ({
      header: html`<abbr title="${meaning}">${short}</abbr>`,
      isNumber: true,
    })),
    ...kinds.map((kind) => ({ header: html`best ${kind}, ${label}`, isNumber: true })),
  ],
  own.map((metrics, at) => [
    shortName(names[at]!),
    String(metrics.rows),
    ...shown.map(({ of, show }) => show(of(metrics) ?? Number.NaN)),
    ...kinds.map((kind) => best(kind, names[at]!)),
  ]),
)}</div>`;
}

interface FigureColumn {
  /** Null where an experiment has no such figure; a column that none of them has is left out. */
  readonly of: (metrics: ExperimentMetrics) => number | null;
  readonly short: string;
  readonly meaning: string;
  readonly show: (value: number) => Markup;
}

/** Those of a group of rows of a table. */
const FIGURES_OF_ROWS: readonly FigureColumn[] = [
  { of: ({ rmse }) => rmse ?? null, short: 'RMSE', meaning: 'root mean squared error', show: percent },
  { of: ({ mape }) => mape, short: 'MAE', meaning: 'mean absolute error', show: percent },
  { of: ({ mspe }) => mspe, short: 'bias', meaning: 'mean error; negative: predicts too little', show: percent },
  { of: ({ p99 }) => p99, short: 'p99', meaning: '99th percentile of the absolute error', show: percent },
  { of: ({ r2 }) => r2 ?? null, short: 'R²', meaning: 'share of the variance that is explained', show: correlation },
];

function figuresOf(own: readonly ExperimentMetrics[]): readonly FigureColumn[] {
  return own.some(({ rmse }) => rmse !== undefined) ? FIGURES_OF_ROWS : FIGURES;
}

const FIGURES: readonly FigureColumn[] = [
  { of: ({ mape }) => mape, short: 'MAPE', meaning: 'mean absolute percentage error', show: percent },
  {
    of: ({ mspe }) => mspe,
    short: 'MSPE',
    meaning: 'mean signed percentage error; negative: predicts too little',
    show: percent,
  },
  {
    of: ({ e2eError }) => e2eError,
    short: 'E2E',
    meaning: 'end-to-end: error of the sum over steps weighted by requests, or of the mean over requests',
    show: percent,
  },
  {
    of: ({ prefillWeightedError }) => prefillWeightedError,
    short: 'prefill-weighted',
    meaning: 'the sum over steps weighted by prefilling requests',
    show: percent,
  },
  {
    of: ({ decodeWeightedError }) => decodeWeightedError,
    short: 'decode-weighted',
    meaning: 'the sum over steps weighted by decoding requests',
    show: percent,
  },
  {
    of: ({ requests }) => requests?.ttftError ?? null,
    short: 'TTFT',
    meaning: 'time to first token: error of the mean over requests',
    show: percent,
  },
  {
    of: ({ requests }) => requests?.itlError ?? null,
    short: 'ITL',
    meaning: 'inter-token latency: error of the mean over requests',
    show: percent,
  },
  { of: ({ p99 }) => p99, short: 'p99', meaning: '99th percentile of the absolute percentage error', show: percent },
  {
    of: ({ pearson }) => pearson,
    short: 'r',
    meaning: "Pearson's correlation of predicted and observed",
    show: correlation,
  },
];

function partTable(title: string, header: string, parts: readonly PartFigures[]): Markup {
  return dataTable(
    title,
    [
      { header },
      { header: 'rows', isNumber: true },
      { header: 'MAPE, %', isNumber: true },
      { header: 'bias (MSPE), %', isNumber: true },
    ],
    parts.map(({ part, rows, mape, mspe }) => [part, String(rows), percent(mape), percent(mspe)]),
  );
}

function rowSection(figures: RowFigures): Markup {
  const bounds = [...new Set(densityBounds(figures.density))];
  const legend = bounds.map((bound, i) => {
    const from = i === 0 ? 1 : bounds[i - 1]! + 1;
    return html`<li><span class="swatch d${6 - bounds.length + i}"></span>${from === bound ? bound : `${from}–${bound}`}</li>`;
  });
  return html`<h3>Row by row</h3>
<p class="hint">${figures.rows} training and validation rows; test rows stay closed.</p>
<div class="columns">
${figure(
  html`${densityPlot(figures)}<ul class="legend" aria-label="rows a cell">${legend}<li>rows a cell</li></ul>`,
  html`Predicted against observed. The line is a perfect prediction. Cells are counts${figures.target === undefined && ' on logarithmic axes'}, so a dark cell holds many times the rows of a light one${figures.outside > 0 && `; ${figures.outside} rows lie outside the axes`}.`,
)}
${figures.residuals.map((residual) =>
  figure(
    residualPlot(residual),
    html`Residual by <code>${residual.feature}</code> (${residual.meaning}); correlation ${residual.r.toFixed(2)}. Line: median; band: the middle 80 % of rows; each range holds about a tenth of them.`,
  ),
)}
${
  figures.target === undefined &&
  html`${partTable('By kind of batch', 'batch', figures.byKind)}
${partTable('By load: requests in the batch, a quarter of the rows each', 'requests', figures.byLoad)}`
}
</div>`;
}

/** Longer ancestries are shown by their seed and their last steps. */
const LINEAGE_STEPS = 14;

function ancestry({ run }: ReportData, { details, lineage }: ProgramReport): Markup {
  const left = Math.max(0, lineage.length - LINEAGE_STEPS);
  const shown = lineage.map((step, at) => ({ step, number: at + 1 })).filter((_, at) => at === 0 || at > left);
  const gap = html`<li class="gap">${left} steps are left out; <code>${shellLine(['evolve', 'lineage', run.directory, details.id])}</code> has them all.</li>`;
  return html`<h3>Ancestry</h3>
<ol class="lineage">${shown.map((entry, at) => [at === 1 && left > 0 && gap, lineageItem(entry.step, entry.number)])}</ol>`;
}

function lineageItem(step: LineageStep, at: number): Markup {
  const others = step.parents.slice(1);
  const how =
    step.operator === 'seed'
      ? html`seed program <em>${step.mutation}</em>`
      : html`<em>${step.mutation}</em> by ${step.operator}, generation ${step.generation}`;
  const code = step.change.map(({ kind, text }) =>
    kind === 'same' ? html`${text}` : kind === 'added' ? html`<ins>${text}</ins>` : html`<del>${text}</del>`,
  );
  return html`<li value="${at}"><strong><code>${step.id}</code></strong> ${how}${others.length > 0 && html`, with ${others.map((id) => html`<code>${id}</code> `)}`}: error ${percent(step.error)} %, validation ${percent(step.validationError)} %
${step.reason !== '' && html`<p class="reason">${step.reason}</p>`}${step.change.length > 0 && html`<pre class="change"><code>${code}</code></pre>`}</li>`;
}

function commands({ run }: ReportData, id: string): Markup {
  const { directory } = run;
  return html`<h3>Use it</h3>
${command(shellLine(['evolve', 'validate', directory, id]))}
${command(shellLine(['evolve', 'export', directory, id, '--go', `out-${id}`]))}
${command(shellLine(['evolve', 'keep', directory, id, '--note', 'why it is worth keeping']))}`;
}
