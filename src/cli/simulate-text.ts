import type { SimulateDocument } from '../app/index.ts';
import type { LatencyFigures } from '../data/index.ts';
import type { ClientFigures } from '../evaluate/index.ts';
import { formatNumber, renderTable } from '../report/index.ts';

type Loop = SimulateDocument['experiments'][number];

const LATENCIES = [
  ['TTFT ms', 'ttftMs', 'ttft'],
  ['ITL ms', 'itlMs', 'itl'],
  ['E2E ms', 'e2eMs', 'e2e'],
] as const;
const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;

/** A closed loop for the terminal: a line for each latency of each experiment. */
export function simulateText({ experiments }: SimulateDocument): string {
  const table = renderTable(
    [
      { header: 'experiment' },
      { header: '' },
      ...['measured mean', 'mean', 'error %', 'measured p90', 'p90', 'error %', 'p50', 'p99'].map((header) => ({
        header,
        align: 'right' as const,
      })),
    ],
    experiments.flatMap((loop) => rowsOf(loop)),
  );
  const assumed = experiments.flatMap(({ id, assumed: lines }) => lines.map((line) => `${id}: assumed ${line}`));
  return [table, ...(assumed.length > 0 ? ['', ...assumed] : [])].join('\n');
}

function rowsOf({ id, requests, measured, simulated, error }: Loop): readonly (readonly string[])[] {
  const latencies = LATENCIES.map(([header, name, short], at) => {
    const was = figures(measured?.[name]);
    const is = figures(simulated[name]);
    const wrong = figures(error?.[short]);
    const first = at === 0 ? id : at === 1 ? `  ${requests} requests` : '';
    return [first, header, was.mean, is.mean, wrong.mean, was.p90, is.p90, wrong.p90, is.p50, is.p99];
  });
  const rates = ['', 'requests/s', rate(measured), rate(simulated), '', '', '', '', '', ''];
  return [...latencies, rates];
}

function rate(client: ClientFigures | null): string {
  return typeof client?.requestsPerS === 'number' ? formatNumber(client.requestsPerS) : '';
}

function figures(latency: LatencyFigures | null | undefined): Readonly<Record<(typeof FIGURES)[number], string>> {
  const text = (name: (typeof FIGURES)[number]): string => (latency ? formatNumber(latency[name]) : '');
  return { mean: text('mean'), p50: text('p50'), p90: text('p90'), p99: text('p99') };
}
