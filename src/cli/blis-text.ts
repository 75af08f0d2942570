import type { SimulateDocument } from '../app/index.ts';
import { formatNumber, renderTable } from '../report/index.ts';

const LATENCIES = [
  ['TTFT', 'ttftMs'],
  ['ITL', 'itlMs'],
  ['E2E', 'e2eMs'],
] as const;
const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;

/** Measured latencies, those of the engine model here and those of BLIS, side by side, with errors against the measured ones. */
export function blisText({ experiments, blis = [] }: SimulateDocument): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  return experiments
    .map(({ id, requests, measured, simulated }) => {
      const own = blis.filter((loop) => loop.id === id);
      const rows = LATENCIES.flatMap(([name, key]) => {
        const sources = [
          ['measured', measured],
          ['here', simulated],
          ...own.map(({ backend, figures }) => [backend, figures] as const),
        ] as const;
        return sources.flatMap(([source, figures]) => {
          const latency = figures?.[key];
          if (latency === undefined || latency === null) return [];
          return [
            [
              name,
              source.slice(0, 18),
              ...FIGURES.map((figure) => {
                const base = source === 'measured' ? undefined : measured?.[key]?.[figure];
                const error = base ? ` ${percent((100 * (latency[figure] - base)) / base)}` : '';
                return `${formatNumber(latency[figure])}${error}`;
              }),
            ],
          ];
        });
      });
      const lost = own.filter(({ completed }) => completed < requests);
      return [
        `${id}, ms`,
        renderTable([{ header: '' }, { header: '' }, ...FIGURES.map(right)], rows),
        ...lost.map(({ backend, completed }) => `${backend}: ${completed} of ${requests} requests completed`),
      ].join('\n');
    })
    .join('\n\n');
}

function percent(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}%`;
}
