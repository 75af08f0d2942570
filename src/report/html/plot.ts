import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, trusted } from './markup.ts';

export { Plot };

/** The part of the document object model that is used here; the library is typed for a browser. */
interface SvgElement {
  readonly outerHTML: string;
  querySelectorAll(selector: string): Iterable<{ remove(): void }>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

/** What every plot of the page has in common, beside Plot's own options. */
export interface PlotText {
  /** What a screen reader says of the plot. */
  readonly label: string;
  /** The plot holds links; otherwise it is one picture to a screen reader. */
  readonly isInteractive?: boolean;
}

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Coordinates need no more than a tenth of a pixel. */
function rounded(svg: string): string {
  return svg.replaceAll(/(?<=[ ,(A-Z"])-?\d+\.\d{2,}(?=[ ,)A-Z"])/g, (digits) =>
    String(Math.round(Number(digits) * 10) / 10),
  );
}

/**
 * A plot as SVG, drawn here and not in the browser. Its style element is left out: the page's own sheet holds those
 * rules, since the content security policy lets no other in.
 */
export function renderPlot(options: Record<string, unknown>, { label, isInteractive = false }: PlotText): Markup {
  const svg = Plot.plot({
    ...options,
    document,
    className: 'plot',
  }) as unknown as SvgElement;
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.removeAttribute('style');
  svg.setAttribute('role', isInteractive ? 'group' : 'img');
  svg.setAttribute('aria-label', label);
  return trusted(rounded(svg.outerHTML));
}

/** At most six round values that cover a range of positive numbers on a logarithmic axis. */
export function logTicks(low: number, high: number): readonly number[] {
  const decades = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))] as const;
  for (const steps of [[1, 1.5, 2, 3, 4, 5, 7], [1, 2, 3, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let decade = decades[0]; decade <= decades[1]; decade++) {
      for (const step of steps) {
        const tick = Number(`${step}e${decade}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length <= 6) return ticks;
  }
  return [];
}

/** A number of an axis: up to three digits, thousands as k, millions as M. */
export function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
