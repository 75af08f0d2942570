import { type Experiment, OUTCOMES } from '../../data/index.ts';

/** From this share of failed requests on a server was not up to its load. */
const MOST_FAILED = 0.1;

/** Whether more than a tenth of an experiment's requests failed, as far as its clients say. */
export function isSaturated({
  reports,
  measured,
  requests,
}: Pick<Experiment, 'reports' | 'measured' | 'requests'>): boolean {
  const counted = reports?.overall ?? measured;
  if (counted !== undefined) return counted.failed > MOST_FAILED * (counted.failed + counted.completed);
  if (requests === undefined) return false;
  const failed = requests.outcome.filter((outcome) => OUTCOMES[outcome] === 'failed').length;
  return failed > MOST_FAILED * requests.outcome.length;
}
