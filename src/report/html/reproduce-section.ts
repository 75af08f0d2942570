import { formatSeconds } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import { reproduceCommands, shellLine } from '../reproduce.ts';
import { command, dataTable, number } from './elements.ts';
import { html, type Markup, type Part } from './markup.ts';

function tokens(count: number): Markup {
  return html`<data value="${count}">${count.toLocaleString('en')}</data>`;
}

function dollars(usd: number | null): Markup | string {
  return usd === null ? 'no price known' : html`<data value="${usd}">${usd.toFixed(4)}</data>`;
}

/** What the language models were asked, and what it cost. */
function costTable({ summary }: ReportData): Markup {
  const { llm } = summary;
  if (llm.calls === 0) return html`<p>No language model was asked, so the run cost nothing but this time.</p>`;
  const right = (header: Part): { readonly header: Part; readonly isNumber: true } => ({ header, isNumber: true });
  return dataTable(
    html`${llm.calls} calls to language models, ${dollars(llm.costUsd)} US dollars. Improved: programs that lowered the error of the front at their size.`,
    [
      { header: 'model' },
      right('calls'),
      right('retries'),
      right('tokens in'),
      right('tokens out'),
      right('proposed'),
      right('valid'),
      right('improved'),
      right('cost, $'),
      right('$ an improvement'),
    ],
    Object.entries(llm.byModel).map(([model, use]) => [
      model,
      number(use.calls),
      number(use.retries),
      tokens(use.inputTokens),
      tokens(use.outputTokens),
      number(use.proposed),
      number(use.valid),
      number(use.improved),
      dollars(use.costUsd),
      use.costPerImprovementUsd === null ? '–' : dollars(use.costPerImprovementUsd),
    ]),
  );
}

/** Time and cost, and the commands that make the run and this page again. */
export function reproduceSection(data: ReportData): Markup {
  const { run, summary } = data;
  const rate = summary.seconds > 0 ? summary.proposed / summary.seconds : Number.NaN;
  return html`<h2>Time and cost</h2>
<p>${formatSeconds(summary.seconds)} for ${summary.proposed} programs${Number.isFinite(rate) && `, ${rate.toFixed(1)} a second`}.</p>
${costTable(data)}
<h2>Do it again</h2>
<p>The same configuration and data give the same archive, at any number of processes. Data hash <code>${run.config.data.hash.slice(0, 16)}…</code>, archive hash <code>${summary.archiveHash.slice(0, 16)}…</code>.</p>
${reproduceCommands(run).map(({ text, meaning }) => html`<p class="hint">${meaning}</p>${command(text)}`)}
<p class="hint">Its front in the terminal, and this page.</p>
${command(shellLine(['evolve', 'frontier', run.directory]))}
${command(shellLine(['evolve', 'report', run.directory]))}`;
}
