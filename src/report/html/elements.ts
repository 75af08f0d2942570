import { formatNumber, formatPercent } from '../format.ts';
import { html, type Markup, type Part, trusted } from './markup.ts';

/** A percentage with its full value for machines. */
export function percent(value: number): Markup {
  return html`<data value="${value}">${formatPercent(value)}</data>`;
}

/** A number with its full value for machines. */
export function number(value: number): Markup {
  return html`<data value="${value}">${formatNumber(value)}</data>`;
}

/** A correlation coefficient. */
export function correlation(value: number): Markup {
  return html`<data value="${value}">${Number.isFinite(value) ? value.toFixed(3) : '–'}</data>`;
}

export interface Column {
  readonly header: Part;
  /** Numbers are set to the right. */
  readonly isNumber?: boolean;
}

/** A table that scrolls by itself where the page is narrower; the first cell of each row is its header. */
export function dataTable(caption: Part, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  const classOf = (at: number): Part => columns[at]?.isNumber === true && html` class="n"`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${regionName(caption)}"><table><caption><span>${caption}</span></caption>
<thead><tr>${columns.map(({ header }, at) => html`<th scope="col"${classOf(at)}>${header}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td${classOf(at)}>${cell}</td>`))}</tr>\n`,
  )}</tbody></table></div>`;
}

/** The first sentence of a caption, as plain text. */
function regionName(caption: Part): Markup {
  const text = html`${caption}`.text.replaceAll(/<[^>]*>/g, '');
  return trusted(/^.*?[.:;](?=\s|$)/.exec(text)?.[0] ?? text);
}

/** A plot with what it shows below it. */
export function figure(plot: Part, caption: Part): Markup {
  return html`<figure>${plot}<figcaption>${caption}</figcaption></figure>`;
}

/** A collapsible part; parts of equal key open and close together in all programs. */
export function collapsible(key: string, title: Part, body: Part, isOpen = false): Markup {
  return html`<details data-key="${key}"${isOpen && html` open`}><summary>${title}</summary>${body}</details>`;
}

/** A command to copy. */
export function command(text: string): Markup {
  return html`<div class="command"><code>${text}</code><button type="button" data-copy>copy</button></div>`;
}
