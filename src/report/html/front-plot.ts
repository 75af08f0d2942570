import type { FrontEntry } from '../../run/index.ts';
import { formatPercent } from '../format.ts';
import { lowerEnvelope } from '../knee.ts';
import { html, type Markup } from './markup.ts';
import { axisNumber, logTicks, Plot, renderPlot } from './plot.ts';

/** Feature counts share a colour from this many on. */
const MOST_FEATURES = 5;

function featureClass(features: number): number {
  return Math.min(Math.max(features, 1), MOST_FEATURES);
}

function describe(entry: FrontEntry): string {
  return (
    `${entry.id}: error ${formatPercent(entry.error)} %, validation ${formatPercent(entry.validationError)} %, ` +
    `${entry.operations} operations, ${entry.features} feature${entry.features === 1 ? '' : 's'}`
  );
}

/** The mark of a program: pick, knee or both. */
export function markOf(id: string, pick: string | undefined, knee: string | undefined): string {
  const marks = [...(id === pick ? ['pick'] : []), ...(id === knee ? ['knee'] : [])];
  return marks.join(', ');
}

/**
 * The Pareto front: error against operations, coloured by features, the pick and the knee marked; every point is a link
 * to its program. Empty where no program has an error above 0.
 */
export function frontPlot(
  entries: readonly FrontEntry[],
  pick: string | undefined,
  knee: string | undefined,
): Markup | undefined {
  const shown = entries.filter(({ error, validationError }) => error > 0 && validationError > 0);
  if (shown.length === 0) return undefined;
  const legend = html`<ul class="legend" aria-label="colours">${Array.from({ length: MOST_FEATURES }, (_, i) => {
    const more = i + 1 === MOST_FEATURES ? ' or more features' : i === 0 ? ' feature' : ' features';
    return html`<li><span class="swatch f${i + 1}"></span>${i + 1}${more}</li>`;
  })}<li><span class="swatch hollow"></span>the same program on validation rows</li></ul>`;
  return html`<div class="wide">${drawing(shown, pick, knee, 560, 360)}</div><div class="narrow">${drawing(shown, pick, knee, 350, 330)}</div>
${legend}<p class="readout" aria-hidden="true">Point at or tab to a dot to read it; click or press Enter to see the program.</p>`;
}

function drawing(
  entries: readonly FrontEntry[],
  pick: string | undefined,
  knee: string | undefined,
  width: number,
  height: number,
): Markup {
  const errors = entries.flatMap(({ error, validationError }) => [error, validationError]);
  const low = Math.min(...errors) / 1.15;
  const high = Math.max(...errors) * 1.15;
  const marked = entries.filter(({ id }) => id === pick || id === knee);
  const operations = entries.map((entry) => entry.operations);
  return renderPlot(
    {
      width,
      height,
      marginLeft: 46,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 38,
      x: {
        label: 'operations in the program →',
        domain: [Math.min(...operations) - 0.7, Math.max(...operations) + 0.7],
        ticks: width < 500 ? 5 : 10,
        tickFormat: (value: number) => (Number.isInteger(value) ? String(value) : ''),
        labelAnchor: 'right',
        labelArrow: 'none',
      },
      y: {
        type: 'log',
        domain: [low, high],
        label: '↑ error, % (logarithmic)',
        labelArrow: 'none',
        ticks: logTicks(low, high),
        tickFormat: axisNumber,
        grid: true,
      },
      color: {
        type: 'ordinal',
        domain: [1, 2, 3, 4, 5],
        range: [1, 2, 3, 4, 5].map((level) => `var(--f${level})`),
      },
      marks: [
        Plot.line(lowerEnvelope(entries), {
          x: 'operations',
          y: 'error',
          curve: 'step-after',
          stroke: 'var(--line)',
          strokeWidth: 1.2,
          ariaHidden: 'true',
        }),
        Plot.dot(entries, {
          x: 'operations',
          y: 'validationError',
          r: 2.5,
          stroke: 'var(--muted)',
          strokeWidth: 0.9,
          ariaHidden: 'true',
        }),
        Plot.dot(marked, {
          x: 'operations',
          y: 'error',
          r: 9,
          stroke: 'var(--accent)',
          strokeWidth: 1.6,
          ariaHidden: 'true',
        }),
        Plot.dot(entries, {
          x: 'operations',
          y: 'error',
          r: 5,
          fill: (entry: FrontEntry) => featureClass(entry.features),
          stroke: 'var(--surface)',
          strokeWidth: 0.8,
          href: (entry: FrontEntry) => `#p-${entry.id}`,
          ariaLabel: describe,
          title: describe,
        }),
        Plot.text(marked, {
          x: 'operations',
          y: 'error',
          text: (entry: FrontEntry) => markOf(entry.id, pick, knee),
          dy: -16,
          fontWeight: 600,
          fill: 'var(--accent)',
          stroke: 'var(--surface)',
          strokeWidth: 4,
          ariaHidden: 'true',
        }),
      ],
    },
    {
      label: `Pareto front: error on training rows against operations, ${entries.length} programs; each is listed in the table beside`,
      isInteractive: true,
    },
  );
}
