import { areManyFailed, type Experiment, OUTCOMES, whyUnsteady } from '../../data/index.ts';

/**
 * Whether a server was not up to its load as it was measured: more than a tenth of the requests failed, or, by reports, most of their
 * time was a queue's.
 */
export function wasSaturated({
  reports,
  measured,
  requests,
}: Pick<Experiment, 'reports' | 'measured' | 'requests'>): boolean {
  if (reports !== undefined) return whyUnsteady(reports.overall) !== undefined;
  if (measured !== undefined) return areManyFailed(measured.failed, measured.completed);
  if (requests === undefined) return false;
  const failed = requests.outcome.filter((outcome) => OUTCOMES[outcome] === 'failed').length;
  return areManyFailed(failed, requests.outcome.length - failed);
}
