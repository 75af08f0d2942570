import { median } from '../../numeric/index.ts';
import type { ExperimentMetrics, LatencyErrors } from '../types.ts';
import type { ClosedLoop, ClosedLoopErrors } from './simulate.ts';

/**
 * Over the experiments whose clients are known; the median, as a queue that builds up in one of them has errors of any size. Those
 * with a log are served from its first request on, as clients met the server: a fit replays windows of it where steps were recorded.
 */
export function latencyErrors(served: readonly ClosedLoop[], all: readonly ExperimentMetrics[]): LatencyErrors {
  const logged = new Set(served.map(({ id }) => id));
  const reported = all.filter(({ id, requests }) => requests !== undefined && !logged.has(id));
  const over = (name: keyof ClosedLoopErrors, of: (metrics: ExperimentMetrics) => number): number => {
    const signed = served.flatMap(({ error }) => error?.[name]?.mean ?? []);
    const errors = [...signed.map(Math.abs), ...reported.map(of)];
    return errors.length === 0 ? 0 : median(errors);
  };
  return {
    ttft: over('ttft', (m) => m.requests!.ttftError),
    itl: over('itl', (m) => m.requests!.itlError),
    e2e: over('e2e', (m) => m.e2eError),
  };
}
