import type { BatchState } from '../../../physics/index.ts';
import { type RequestColumns, type RequestRecord, requestColumns } from '../../requests.ts';
import type { ServerSettings } from '../../server-settings.ts';
import type { RunObserver } from '../observer.ts';
import type { Requests } from '../requests.ts';
import type { Scenario } from '../scenarios.ts';
import { simulate, type Simulation, type SimulationSettings } from '../simulate.ts';
import { BOOT_NS } from '../step-log.ts';
import { BatchStates } from './batch-states.ts';
import { observeAll } from './observers.ts';
import { RequestTimes } from './request-times.ts';
import { clientRequest, factsOf, serverRequest, type SimulatedRun } from './simulated-run.ts';

/** A simulated run with all that an importer could find out of its logs. */
export interface SimulatedTruth {
  readonly experiment: Simulation['experiment'] & {
    readonly settings: ServerSettings;
    /** As the server has them. */
    readonly requests: RequestColumns;
    readonly state: BatchState;
  };
  /** As a client logs them, with the time of each token. */
  readonly clientRequests: RequestColumns;
  readonly run: SimulatedRun;
}

/**
 * Simulates an experiment and keeps its whole state in memory: for short ones.
 *
 * @param observe makes what else sees the run, from its requests.
 */
export function simulateRun(
  scenario: Scenario,
  settings: SimulationSettings,
  observe?: (requests: Requests) => Partial<RunObserver>,
): SimulatedTruth {
  let states: BatchStates | undefined;
  const { run, simulation } = observeRun(scenario, settings, (requests) => {
    states = new BatchStates(requests);
    return [states, ...(observe ? [observe(requests)] : [])];
  });
  const all = Array.from({ length: run.requests.count }, (_, r) => r);
  const bootUs = BOOT_NS / 1000;
  return {
    experiment: {
      ...simulation.experiment,
      settings: run.settings,
      requests: requestColumns(
        all.map((r) => onClock(serverRequest(run, r), bootUs)),
        'steps',
      ),
      state: (states as BatchStates).state(),
    },
    clientRequests: requestColumns(all.map((r) => clientRecord(run, r))),
    run,
  };
}

/** Simulates an experiment for those that see it. */
export function observeRun(
  scenario: Scenario,
  settings: SimulationSettings,
  observe: (requests: Requests) => readonly Partial<RunObserver>[],
): { readonly run: SimulatedRun; readonly simulation: Simulation } {
  let times: RequestTimes | undefined;
  const simulation = simulate(scenario, settings, (requests) => {
    times = new RequestTimes(requests);
    return observeAll([times, ...observe(requests)]);
  });
  const { requests, experiment } = simulation;
  const { preemptions } = experiment.requests;
  return { run: { ...factsOf(scenario), requests, times: times as RequestTimes, preemptions }, simulation };
}

function onClock(record: RequestRecord, offsetUs: number): RequestRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'number' && name.endsWith('Us') ? value + offsetUs : value,
    ]),
  ) as RequestRecord;
}

function clientRecord(run: SimulatedRun, request: number): RequestRecord {
  const { tokenUs, ...rest } = clientRequest(run, request);
  const lastTokenUs = tokenUs.at(-1) as number;
  return {
    ...rest,
    arrivalUs: rest.sentUs,
    firstTokenUs: tokenUs[0],
    lastTokenUs,
    departedUs: lastTokenUs,
    outcome: 'ok',
    tokenUs: Array.from(tokenUs),
  };
}
