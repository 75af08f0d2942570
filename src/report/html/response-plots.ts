import type { ResponsePoint } from '../../evaluate/index.ts';
import { formatNumber } from '../format.ts';
import type { Markup } from './markup.ts';
import { axisNumber, logTicks, Plot, renderPlot } from './plot.ts';

const WIDTH = 350;
const MARGINS = { marginLeft: 46, marginTop: 24, marginBottom: 38, marginRight: 16 } as const;

/** What varies along each curve. */
export const RESPONSES: readonly (readonly [name: 'promptTokens' | 'contextTokens' | 'requests', label: string])[] = [
  ['promptTokens', 'tokens of one uncached prompt'],
  ['contextTokens', 'context of each decoding request'],
  ['requests', 'decoding requests'],
];

/**
 * A response curve with its 90 % interval and the physical floor below it. Dots at the foot are where training rows lie: without
 * one, nothing was measured there.
 */
export function responsePlot(points: readonly ResponsePoint[], label: string, model: string): Markup {
  const drawn = points.map(([x, us, floorUs, lowUs, highUs, rows]) => ({
    x,
    ms: us / 1000,
    floor: floorUs / 1000,
    low: lowUs / 1000,
    high: highUs / 1000,
    rows,
  }));
  const [low, high] = [drawn[0]!.x, drawn.at(-1)!.x];
  const last = drawn.at(-1)!;
  return renderPlot(
    {
      ...MARGINS,
      width: WIDTH,
      height: 220,
      x: {
        type: 'log',
        domain: [low, high],
        label: `${label} (logarithmic) →`,
        labelArrow: 'none',
        ticks: logTicks(low, high),
        tickFormat: axisNumber,
      },
      y: {
        label: '↑ step, ms',
        labelArrow: 'none',
        ticks: 5,
        tickFormat: axisNumber,
        grid: true,
        zero: true,
        nice: true,
      },
      marks: [
        Plot.areaY(drawn, { x: 'x', y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.18 }),
        Plot.line(drawn, { x: 'x', y: 'floor', stroke: 'var(--muted)', strokeWidth: 1.6, strokeDasharray: '5 3' }),
        Plot.line(drawn, { x: 'x', y: 'ms', stroke: 'var(--accent)', strokeWidth: 1.8 }),
        Plot.dot(
          drawn.filter(({ rows }) => rows > 0),
          { x: 'x', y: 0, r: 2.5, fill: 'var(--text)' },
        ),
      ],
    },
    {
      label: `Step time against ${label}, ${model}: ${formatNumber(drawn[0]!.ms)} ms at ${low}, ${formatNumber(last.ms)} ms at ${high}, where the floor is ${formatNumber(last.floor)} ms`,
    },
  );
}
