import type { ClosedLoop } from '../../evaluate/index.ts';
import { formatPercent } from '../format.ts';
import type { ReportData } from '../report-data.ts';
import { shellLine } from '../reproduce.ts';
import { inFlightPlot, latencyPlot, queuePlot } from './closed-loop-plots.ts';
import { collapsible, type Column, command, dataTable, figure, number } from './elements.ts';
import { html, type Markup, type Part } from './markup.ts';
import { shortName } from './program-plots.ts';

/** Experiments that are open at first, the largest errors of mean E2E first. */
const OPEN_EXPERIMENTS = 3;

const LATENCIES = [
  ['ttftMs', 'ttft', 'TTFT', 'time to first token'],
  ['itlMs', 'itl', 'ITL', 'mean time between the tokens of a request'],
  ['e2eMs', 'e2e', 'E2E', 'time to last token'],
] as const;
const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;

/** The pick in closed loop: figures of all experiments, then distributions and timeline of each. Undefined where it was not simulated. */
export function closedLoopSection({ run, closedLoop }: ReportData): Markup | undefined {
  if (closedLoop === undefined) return undefined;
  const { program, missing, left } = closedLoop;
  const experiments = closedLoop.experiments.toSorted((a, b) => errorSize(b) - errorSize(a));
  const saturated = experiments.filter((loop) => loop.saturated);
  return html`<h2 id="closed-loop">In closed loop</h2>
<p>The requests of the data are served by a model of the engine whose steps take as long as <a href="#p-${program}"><code>${program}</code></a> says: each batch comes of the steps before it. These are the latencies of validation requests as their clients would see them; test requests stay closed.</p>
${
  experiments.length > 0 &&
  html`${figuresTable(experiments)}
${saturated.length > 0 && html`<p><span class="warn">Saturated</span>: in ${saturated.map(({ id }) => shortName(id)).join(', ')} requests come faster than they are served. Latencies then grow for as long as the load lasts, and small errors of step times grow with them.</p>`}
<ul class="legend" aria-label="lines"><li><span class="swatch measured"></span>measured</li><li><span class="swatch simulated"></span>simulated (broken)</li><li><span class="swatch f3"></span>running</li><li><span class="swatch f5"></span>waiting (broken)</li></ul>
${experiments.map(experimentPart)}
<p class="hint">What was assumed stands with each experiment. Other loads and servers can be tried; the help of the command says how.</p>
${command(shellLine(['evolve', 'simulate', run.directory, program]))}`
}
${notes(missing, left)}`;
}

function errorSize({ error }: ClosedLoop): number {
  return Math.abs(error?.e2e?.mean ?? 0);
}

function figuresTable(experiments: readonly ClosedLoop[]): Markup {
  const right = (header: Part): Column => ({ header, isNumber: true });
  return dataTable(
    'Latencies over requests, ms, with the error of the simulation in percent. “–”: not measured.',
    [
      { header: 'experiment' },
      right('requests'),
      { header: 'latency' },
      ...FIGURES.flatMap((name) => [right(`${name} measured`), right('simulated'), right('error')]),
      { header: '' },
    ],
    experiments.flatMap((loop) =>
      LATENCIES.map(([name, short, title, meaning], at) => [
        at === 0 ? shortName(loop.id) : html`<span class="visually-hidden">${shortName(loop.id)}</span>`,
        at === 0 ? String(loop.requests) : '',
        html`<abbr title="${meaning}">${title}</abbr>`,
        ...FIGURES.flatMap((figureName) => [
          shown(loop.measured?.[name]?.[figureName]),
          shown(loop.simulated[name]?.[figureName]),
          signed(loop.error?.[short]?.[figureName]),
        ]),
        at === 0 && loop.saturated && html`<span class="warn">saturated</span>`,
      ]),
    ),
  );
}

function experimentPart(loop: ClosedLoop, rank: number): Markup {
  const { id, error, saturated, assumed, measured, simulated, timeline } = loop;
  const wrong = error?.e2e?.mean;
  const title = html`${shortName(id)}${wrong !== undefined && `: E2E ${signedText(wrong)} %`}${saturated && ', saturated'}`;
  const plots = LATENCIES.flatMap(([name, , short, meaning]) => {
    const plot = latencyPlot(loop, name, short);
    return plot === undefined
      ? []
      : [figure(plot, html`${short}, ${meaning}: the share of requests that are as fast.`)];
  });
  const body = html`<div class="columns">${plots}
${figure(inFlightPlot(loop), html`Requests that have arrived and are not answered. Grey: when the requests arrived that are judged.`)}
${figure(queuePlot(loop), 'Requests in a batch, and those that wait for one, as simulated.')}</div>
<p>${requestRate('simulated', simulated)}${measured !== null && html`; ${requestRate('measured', measured)}`}. KV blocks in use: at most ${formatPercent(Math.max(...timeline.kvPercent))} %.</p>
${assumed.length > 0 && html`<ul>${assumed.map((line) => html`<li>Assumed: ${line}</li>`)}</ul>`}`;
  return collapsible(`loop-${id}`, title, body, rank < OPEN_EXPERIMENTS);
}

function requestRate(kind: string, { requestsPerS, preemptions }: ClosedLoop['simulated']): Markup {
  const rate = requestsPerS === null ? undefined : html`${number(requestsPerS)} requests/s`;
  const preempted = preemptions === null ? undefined : html`${number(preemptions)} preemptions`;
  const known = [rate, preempted].filter((part) => part !== undefined);
  return html`${kind} ${known.length === 0 ? 'throughput is not known' : known.map((part, at) => html`${at > 0 && ' and '}${part}`)}`;
}

/** Of experiments that are not among those above. */
function notes(missing: Readonly<Record<string, string>>, left: readonly string[]): Markup {
  const lines = [
    ...Object.entries(missing).map(([id, why]) => `${shortName(id)}: not simulated, ${why}.`),
    ...(left.length > 0 ? [`To keep the report short, ${left.length} more experiments are left out.`] : []),
  ];
  return html`${lines.length > 0 && html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}`;
}

function shown(value: number | null | undefined): Part {
  return value === null || value === undefined ? '–' : number(value);
}

function signed(value: number | undefined): Part {
  return value === undefined ? '–' : html`<data value="${value}">${signedText(value)}</data>`;
}

function signedText(value: number): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatPercent(Math.abs(value))}`;
}
