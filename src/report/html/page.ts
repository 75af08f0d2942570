import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramReport, ReportData } from '../report-data.ts';
import type { Highlight } from './code.ts';
import { html, jsonForHtml, type Markup, trusted } from './markup.ts';
import { programPanel } from './program-panel.ts';
import { reproduceSection } from './reproduce-section.ts';
import { frontSection, headerSection, referenceSection, rejectionSection, searchSection } from './sections.ts';

/** The page's style sheet and script lie at the root of the package, three levels above this file. */
const ASSETS: string = join(import.meta.dirname, '../../../assets');

const readAsset = (name: string): string => readFileSync(join(ASSETS, name), 'utf8').trim();

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A page and the content security policy that it needs. */
export interface Page {
  readonly html: string;
  /** Allows this page's one style sheet and one script by their hashes, and nothing from anywhere else. */
  readonly policy: string;
}

export interface PageOptions {
  /** Where a live page hears of changes; without it the page is complete in itself. */
  readonly eventsPath?: string;
  /** Links to other runs, above everything else. */
  readonly navigation?: Markup;
}

/**
 * The report as one self-contained HTML page: no part of it comes from elsewhere, and whatever a person or a model wrote is
 * escaped.
 */
export function renderPage(data: ReportData, highlight: Highlight, { eventsPath, navigation }: PageOptions = {}): Page {
  const parts: readonly (readonly [name: string, part: Markup])[] = [
    ['header', headerSection(data)],
    ['front', frontSection(data)],
    ['programs', html`<div id="programs">${programPanels(data, highlight)}</div>`],
    ['references', html`${referenceSection(data)}`],
    ['search', searchSection(data)],
    ['rejections', rejectionSection(data)],
    ['reproduce', reproduceSection(data)],
  ];
  const body = html`${navigation}<main>${parts.map(([name, part]) => html`<div class="part" data-part="${name}">${part}</div>\n`)}</main>
<script type="application/json" id="data">${jsonForHtml(embedded(data))}</script>`;
  return document(`evolve: ${data.run.name}`, body, eventsPath);
}

/** Full panels take no more than this together, so that the page stays below 2 MB whatever the size of the front. */
const FULL_PANEL_BYTES = 1_350_000;

/** A panel for each program; where they grow too large together, those with the highest validation errors are brief. */
function programPanels(data: ReportData, highlight: Highlight): readonly Markup[] {
  const rank = ({ details }: ProgramReport): number =>
    details.id === data.pick || details.id === data.knee ? 0 : details.validationError;
  let bytes = 0;
  const panels = new Map<string, Markup>();
  for (const program of data.programs.toSorted((a, b) => rank(a) - rank(b))) {
    const full = programPanel(data, program, highlight, false);
    const isFitting = bytes + full.text.length <= FULL_PANEL_BYTES;
    const panel = isFitting ? full : programPanel(data, program, highlight, true);
    bytes += panel.text.length;
    panels.set(program.details.id, panel);
  }
  return data.programs.map(({ details }) => panels.get(details.id)!);
}

/** The figures of the page as the command line gives them with `--json`; texts are in the page already. */
function embedded({ summary, frontier, programs, pick, knee }: ReportData): unknown {
  return {
    summary: { ...summary, best: summary.best?.id ?? null },
    pick: pick ?? null,
    knee: knee ?? null,
    frontier: frontier.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'source'))),
    programs: Object.fromEntries(
      programs.map(({ details: { id, constantsByGroup, standardErrorsByGroup, validationExperiments, parents } }) => [
        id,
        { constantsByGroup, standardErrorsByGroup, validationExperiments, parents },
      ]),
    ),
  };
}

/** A page that lists things, in the same dress. */
export function renderPlainPage(title: string, body: Markup): Page {
  return document(title, html`<main>${body}</main>`, undefined);
}

function document(title: string, body: Markup, eventsPath: string | undefined): Page {
  const style = readAsset('report.css');
  const script = readAsset('report.js');
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    ...(eventsPath === undefined ? [] : ["connect-src 'self'"]),
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en"${eventsPath !== undefined && html` data-events="${eventsPath}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
<p id="announce" class="visually-hidden" role="status"></p>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return { html: page.text, policy };
}
