import { statSync } from 'node:fs';
import type { Dataset } from '../../data/index.ts';
import type { Run } from '../../run/index.ts';
import type { Page } from '../html/document.ts';
import { loadPage } from '../html/load-page.ts';
import { html } from '../html/markup.ts';
import { ReportCollector, type ReportData } from '../report-data.ts';

/** Length of a run's log, by which a change is noticed. */
function logBytes({ files }: Run): number {
  return statSync(files.events, { throwIfNoEntry: false })?.size ?? 0;
}

/** One line on where a run stands; `isEnding`: the process that works on it or shows it is about to end. */
function statusOf({ summary, run, isOver, programs }: ReportData, isEnding: boolean): string {
  const { generations } = run.config.search;
  const state = isOver ? 'The run is over' : isEnding ? 'Stopped, to be resumed' : 'Live';
  return `${state}: generation ${summary.generations} of ${generations}, ${summary.proposed} programs proposed, ${programs.length} on the front.`;
}

/** The page of a run that may be going on in this process or another; it only reads the run's directory. */
export class LiveRun {
  readonly #run: Run;
  readonly #eventsPath: string;
  readonly #openDataset: (run: Run) => Promise<Dataset | undefined>;
  #collector: Promise<ReportCollector> | undefined;
  #report: { readonly bytes: number; readonly data: ReportData } | undefined;
  #page: { readonly data: ReportData; readonly page: Page } | undefined;

  constructor(run: Run, eventsPath: string, openDataset: (run: Run) => Promise<Dataset | undefined>) {
    this.#run = run;
    this.#eventsPath = eventsPath;
    this.#openDataset = openDataset;
  }

  /** Whether something was logged since the report was last made. */
  get isStale(): boolean {
    return this.#report === undefined || this.#report.bytes !== logBytes(this.#run);
  }

  /** The run's state, read again where the log has grown. */
  async report(): Promise<ReportData> {
    if (this.#report !== undefined && !this.isStale) return this.#report.data;
    this.#collector ??= this.#openDataset(this.#run).then(
      (dataset) => new ReportCollector({ run: this.#run, ...(dataset !== undefined && { dataset }) }),
    );
    const collector = await this.#collector;
    const bytes = logBytes(this.#run);
    const data = collector.collect();
    this.#report = { bytes, data };
    return data;
  }

  async status(isEnding: boolean): Promise<{ readonly text: string; readonly isOver: boolean }> {
    const data = await this.report();
    return { text: statusOf(data, isEnding), isOver: data.isOver };
  }

  async page(): Promise<Page> {
    const data = await this.report();
    if (this.#page?.data === data) return this.#page.page;
    const renderPage = await loadPage();
    const navigation = html`<nav class="live"><a href="/">all runs</a> · <span id="live" role="status">${statusOf(data, false)}</span></nav>`;
    const page = renderPage(data, {
      navigation,
      ...(!data.isOver && { eventsPath: this.#eventsPath }),
    });
    this.#page = { data, page };
    return page;
  }
}
