import { type Experiment, OUTCOMES, whyUnsteady } from '../../data/index.ts';

/** From this share of failed requests on a server was not up to its load. */
const MOST_FAILED = 0.1;

/** Whether a server was not up to its load: more than a tenth of the requests failed, or, by reports, most of their time was a queue's. */
export function isSaturated({
  reports,
  measured,
  requests,
}: Pick<Experiment, 'reports' | 'measured' | 'requests'>): boolean {
  if (reports !== undefined) return whyUnsteady(reports.overall) !== undefined;
  if (measured !== undefined) return measured.failed > MOST_FAILED * (measured.failed + measured.completed);
  if (requests === undefined) return false;
  const failed = requests.outcome.filter((outcome) => OUTCOMES[outcome] === 'failed').length;
  return failed > MOST_FAILED * requests.outcome.length;
}
