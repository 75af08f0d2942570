import { createRandom } from '../../numeric/index.ts';
import { architecture, hardware } from '../../physics/index.ts';
import { serve, type StepTime } from '../../serving/index.ts';
import type { Experiment } from '../dataset.ts';
import { clientLog, latencyOf } from './client-log.ts';
import { hiddenLaw } from './hidden-law.ts';
import { stepJitter } from './noise.ts';
import type { RunObserver } from './observer.ts';
import { drawRequests, type Requests } from './requests.ts';
import type { Scenario } from './scenarios.ts';
import { engineSettings, SERVER, settingsOf } from './server-settings.ts';
import { StepLog } from './step-log.ts';
import { workOf } from './step-work.ts';

export interface SimulationSettings {
  readonly seed: number;
  /** Chance that a step is recorded, 0–1. */
  readonly sampleShare: number;
}

/** An experiment, and what only the simulation knows of it. */
export interface Simulation {
  readonly experiment: Experiment & Required<Pick<Experiment, 'steps' | 'settings' | 'requests' | 'measured'>>;
  readonly requests: Requests;
  readonly stepCount: number;
}

/**
 * Runs one experiment until its last request has finished. The same scenario, seed and share give the same bytes on every
 * machine; what is recorded does not change what happens.
 *
 * @param observe makes what sees the run, from its requests.
 */
export function simulate(
  scenario: Scenario,
  settings: SimulationSettings,
  observe?: (requests: Requests) => RunObserver,
): Simulation {
  const random = createRandom(settings.seed).split('demo', scenario.id);
  const requests = drawRequests(scenario, random.split('requests'));
  const log = new StepLog({
    requests: requests.count,
    kvBlocks: scenario.kvBlocks,
    sampleShare: settings.sampleShare,
    random,
    observer: observe?.(requests),
  });
  const served = serve(requests, engineSettings(scenario), stepTimeOf(scenario, settings), { observer: log });
  const clients = clientLog(requests, served.requests);
  return {
    experiment: Object.freeze({
      id: scenario.id,
      model: scenario.model,
      workload: scenario.workload.name,
      tp: scenario.tp,
      architecture: architecture(scenario.model).name,
      hardware: SERVER.hardware,
      blockSize: SERVER.blockTokens,
      settings: settingsOf(scenario),
      steps: log.columns(),
      requests: clients,
      measured: latencyOf(clients),
    }),
    requests,
    stepCount: log.stepCount,
  };
}

/** How long the steps of a run take: the law with the jitter of its seed, which is drawn anew for each step. */
export function stepTimeOf(scenario: Scenario, { seed }: Pick<SimulationSettings, 'seed'>): StepTime {
  const jitter = createRandom(seed).split('demo', scenario.id).split('jitter');
  const law = hiddenLaw({
    architecture: architecture(scenario.model),
    hardware: hardware(SERVER.hardware),
    tensorParallelism: scenario.tp,
    blockSize: SERVER.blockTokens,
  });
  return (batch) => Math.round(law(workOf(batch)) * stepJitter(jitter) * 1000) / 1000;
}
