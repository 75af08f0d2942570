import type { QueueingReport } from '../app/index.ts';
import { formatNumber, renderTable } from '../report/index.ts';

/** The queueing model's scores for the terminal. */
export function queueingText({ experiments, missing }: QueueingReport): string {
  const reasons = [...new Set(Object.values(missing))];
  if (experiments.length === 0) {
    return `Queueing time (LPIC α): not scored, ${reasons.join('; ')}. It needs journey events: --traces with a ground-truth folder tree.`;
  }
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  return `Queueing time (LPIC α), fitted on the first 60 % of the requests, errors on the last 20 %:\n${renderTable(
    [
      { header: 'experiment' },
      ...['requests', 'MAE µs', 'MAE of the mean µs', 'observed µs', 'predicted µs', 'r'].map(right),
    ],
    experiments.map((each) => [
      each.id,
      String(each.requests.test),
      ...[each.maeUs, each.naiveMaeUs, each.meanObservedUs, each.meanPredictedUs].map(formatNumber),
      each.pearson.toFixed(3),
    ]),
  )}`;
}
