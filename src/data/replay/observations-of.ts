import type { Clients } from '../clients/client-load.ts';
import type { Experiment, SplitName } from '../dataset.ts';
import { observationsOfPoints } from '../points/point-observations.ts';
import { observationsOfSplits, type SplitObservations } from './observations.ts';
import type { Replay } from './replay.ts';
import { observationsOfReports } from './report-observations.ts';

/** What was measured of the requests of an experiment, or reported of them. */
export function observationsOf(
  clients: Clients & Pick<Experiment, 'points'>,
  replay: Replay,
  splits: readonly SplitName[],
): SplitObservations {
  if (clients.points !== undefined) return observationsOfPoints(clients.points, replay, splits);
  return clients.requests === undefined
    ? observationsOfReports(clients, replay, splits)
    : observationsOfSplits(clients.requests, replay, splits);
}
