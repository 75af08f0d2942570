import type { ReportData } from '../report-data.ts';
import type { Page } from './document.ts';
import type { PageOptions } from './page.ts';

/** Draws a report as a page. */
export type RenderPage = (data: ReportData, options?: PageOptions) => Page;

let loading: Promise<RenderPage> | undefined;

/** What draws pages; loaded when first asked for and then kept, as plots and the highlighter take half a second. */
export function loadPage(): Promise<RenderPage> {
  return (loading ??= load());
}

async function load(): Promise<RenderPage> {
  const [{ renderPage }, { loadHighlight }] = await Promise.all([import('./page.ts'), import('./code.ts')]);
  const highlight = await loadHighlight();
  return (data, options) => renderPage(data, highlight, options);
}
