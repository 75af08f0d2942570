import type { ProgramReport, ReportData } from '../report-data.ts';
import type { Highlight } from './code.ts';
import { closedLoopSection } from './closed-loop-section.ts';
import { type Page, pageDocument } from './document.ts';
import { explanationSection } from './explanation-section.ts';
import { frontSection } from './front-section.ts';
import { html, jsonForHtml, type Markup } from './markup.ts';
import { programPanel } from './program-panel.ts';
import { reproduceSection } from './reproduce-section.ts';
import { responseSection } from './response-section.ts';
import { headerSection, referenceSection, rejectionSection, searchSection } from './sections.ts';

/** What a page has beside the report. */
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
  const closedLoop = html`${closedLoopSection(data)}`;
  const explanation = html`${explanationSection(data)}`;
  const responses = html`${responseSection(data)}`;
  const parts: readonly (readonly [name: string, part: Markup])[] = [
    ['header', headerSection(data)],
    ['front', frontSection(data)],
    [
      'programs',
      html`<div id="programs">${programPanels(data, highlight, FULL_PANEL_BYTES - [closedLoop, explanation, responses].reduce((sum, { text }) => sum + text.length, 0))}</div>`,
    ],
    ['responses', responses],
    ['explanation', explanation],
    ['closed-loop', closedLoop],
    ['references', html`${referenceSection(data)}`],
    ['search', searchSection(data)],
    ['rejections', rejectionSection(data)],
    ['reproduce', reproduceSection(data)],
  ];
  const body = html`${navigation}<main>${parts.map(([name, part]) => html`<div class="part" data-part="${name}">${part}</div>\n`)}</main>
<script type="application/json" id="data">${jsonForHtml(embedded(data))}</script>`;
  return pageDocument(`evolve: ${data.run.name}`, body, eventsPath);
}

/** Full panels, the responses, the explanation and the closed loop take no more than this together, so that the page stays below 2 MB whatever the size of the front. */
const FULL_PANEL_BYTES = 1_350_000;

/** A panel for each program; where they grow too large together, those with the highest validation errors are brief. */
function programPanels(data: ReportData, highlight: Highlight, mostBytes: number): readonly Markup[] {
  const rank = ({ details }: ProgramReport): number =>
    details.id === data.pick || details.id === data.knee ? 0 : details.validationError;
  let bytes = 0;
  const panels = new Map<string, Markup>();
  for (const program of data.programs.toSorted((a, b) => rank(a) - rank(b))) {
    const full = programPanel(data, program, highlight, false);
    const isFitting = bytes + full.text.length <= mostBytes;
    const panel = isFitting ? full : programPanel(data, program, highlight, true);
    bytes += panel.text.length;
    panels.set(program.details.id, panel);
  }
  return data.programs.map(({ details }) => panels.get(details.id)!);
}

/** The figures of the page as the command line gives them with `--json`; texts are in the page already. */
function embedded({ summary, front, programs, pick, knee, closedLoop, explanation, beyond }: ReportData): unknown {
  return {
    summary: { ...summary, best: summary.best?.id ?? null },
    pick: pick ?? null,
    knee: knee ?? null,
    frontier: front.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'source'))),
    programs: Object.fromEntries(
      programs.map(({ details }) => {
        const { id, constantsByGroup, standardErrorsByGroup, overheadsByGroup, validationExperiments, parents } =
          details;
        return [id, { constantsByGroup, standardErrorsByGroup, overheadsByGroup, validationExperiments, parents }];
      }),
    ),
    ...(explanation !== undefined && { explanation }),
    ...(beyond !== undefined && { beyond }),
    ...(closedLoop !== undefined && {
      closedLoop: closedLoop.experiments.map((loop) =>
        Object.fromEntries(Object.entries(loop).filter(([name]) => name !== 'distributions' && name !== 'timeline')),
      ),
    }),
  };
}
