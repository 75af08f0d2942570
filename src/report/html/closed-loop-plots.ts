import type { ClosedLoop, Distributions, LoadTimeline } from '../../evaluate/index.ts';
import { formatNumber } from '../format.ts';
import type { Markup } from './markup.ts';
import { axisNumber, logTicks, Plot, renderPlot } from './plot.ts';

const WIDTH = 350;
const MARGINS = { marginLeft: 46, marginTop: 24, marginBottom: 38, marginRight: 16 } as const;
const MEASURED = { stroke: 'var(--muted)', strokeWidth: 1.6 } as const;
/** Broken, so that it is told from what was measured without colours, and where it lies upon it. */
const SIMULATED = { stroke: 'var(--accent)', strokeWidth: 1.8, strokeDasharray: '5 3' } as const;

/** Latencies that span less lie on a plain axis: a logarithmic one would have hardly a tick. */
const LOG_RATIO = 8;

type LatencyName = keyof Distributions['simulated'];

interface Point {
  readonly ms: number;
  readonly percent: number;
}

/**
 * The share of requests with at most some latency, simulated and measured; percentiles that were reported are dots. Undefined where
 * there is none to draw.
 */
export function latencyPlot(
  { id, distributions }: Pick<ClosedLoop, 'id' | 'distributions'>,
  name: LatencyName,
  label: string,
): Markup | undefined {
  const { percent, measured, simulated } = distributions;
  const pointsOf = (values: readonly (number | null)[] | null | undefined): readonly Point[] =>
    (values ?? []).flatMap((ms, at) => (ms !== null && ms > 0 ? [{ ms, percent: percent[at]! }] : []));
  const own = pointsOf(simulated[name]);
  const seen = pointsOf(measured?.[name]);
  if (own.length === 0) return undefined;
  const all = [...own, ...seen].map(({ ms }) => ms);
  const [low, high] = [Math.min(...all) / 1.05, Math.max(...all) * 1.05];
  const isLog = high > LOG_RATIO * low;
  const at = { x: 'ms', y: 'percent' };
  const isReported = measured?.[name]?.some((ms) => ms === null) === true;
  return renderPlot(
    {
      ...MARGINS,
      width: WIDTH,
      height: 220,
      x: {
        type: isLog ? 'log' : 'linear',
        domain: [low, high],
        label: `${label}, ms${isLog ? ' (logarithmic)' : ''} →`,
        labelArrow: 'none',
        ticks: isLog ? logTicks(low, high) : 5,
        tickFormat: axisNumber,
      },
      y: { domain: [0, 100], label: '↑ % of requests', labelArrow: 'none', ticks: 5, grid: true },
      marks: [
        isReported ? Plot.dot(seen, { ...at, r: 4, fill: 'var(--muted)' }) : Plot.line(seen, { ...at, ...MEASURED }),
        Plot.line(own, { ...at, ...SIMULATED }),
      ],
    },
    { label: `${label} of ${id}: half of the requests within ${halves(own, seen)}` },
  );
}

function halves(simulated: readonly Point[], measured: readonly Point[]): string {
  const half = (points: readonly Point[]): number | undefined => points.find(({ percent }) => percent === 50)?.ms;
  const seen = half(measured);
  const own = `${formatNumber(half(simulated) ?? null)} ms simulated`;
  return seen === undefined ? own : `${own}, ${formatNumber(seen)} ms measured`;
}

/** Requests in flight over time, simulated and measured. */
export function inFlightPlot({ id, timeline }: Pick<ClosedLoop, 'id' | 'timeline'>): Markup {
  const { inFlight, measuredInFlight } = timeline;
  return timePlot(timeline, '↑ requests in flight', `Requests in flight over time, ${id}: at most ${most(inFlight)}`, [
    [measuredInFlight ?? [], MEASURED],
    [inFlight, SIMULATED],
  ]);
}

/** Requests that run and that wait over time, as simulated. */
export function queuePlot({ id, timeline }: Pick<ClosedLoop, 'id' | 'timeline'>): Markup {
  const { running, waiting } = timeline;
  const label = `Requests over time, ${id}, simulated: at most ${most(running)} running, ${most(waiting)} waiting`;
  return timePlot(timeline, '↑ requests', label, [
    [running, { stroke: 'var(--f3)', strokeWidth: 1.6 }],
    [waiting, { stroke: 'var(--f5)', strokeWidth: 1.6, strokeDasharray: '5 3' }],
  ]);
}

type Lines = readonly (readonly [values: readonly number[], style: Readonly<Record<string, unknown>>])[];

function timePlot({ binS, judgedS }: LoadTimeline, yLabel: string, label: string, lines: Lines): Markup {
  const [from, to] = judgedS;
  return renderPlot(
    {
      ...MARGINS,
      width: WIDTH,
      height: 220,
      x: { label: 'time, s →', labelArrow: 'none', ticks: 6, tickFormat: axisNumber },
      y: { label: yLabel, labelArrow: 'none', ticks: 5, tickFormat: axisNumber, grid: true, zero: true, nice: true },
      marks: [
        from !== undefined && Plot.rectX([{ from, to }], { x1: 'from', x2: 'to', fill: 'var(--raised)' }),
        ...lines.map(([values, style]) =>
          Plot.line(
            [...values, ...values.slice(-1)].map((value, bin) => ({ s: bin * binS, value })),
            { x: 's', y: 'value', curve: 'step-after', ...style },
          ),
        ),
      ].filter((mark) => mark !== false),
    },
    { label },
  );
}

function most(values: readonly number[]): string {
  return formatNumber(Number(Math.max(...values).toPrecision(3)));
}
