import type { Dataset } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import { SCENARIOS } from './scenarios.ts';
import { simulate } from './simulate.ts';

/** Seed of the embedded demo data. */
export const DEMO_SEED = 1;
/**
 * Hash of the demo data with the default seed. It changes with whatever changes the simulation; a test compares it with
 * what is simulated, so that results on the demo stay comparable and caches are never stale.
 */
export const DEMO_HASH = '32651d05516efa080e04a109cf3aaaa38e1470289768d55dc85649cc8d16a277';
/** Share of the steps that are recorded, as in real traces. */
export const DEMO_SAMPLE_SHARE = 0.1;

/** Which traffic is simulated. */
export interface DemoOptions {
  /** Another seed gives other traffic and jitter under the same law; 1 by default. */
  readonly seed?: number;
}

/**
 * The demo data: simulated traffic of 4 models × 4 workloads, step records of a tenth of the steps and the latencies
 * that the clients measured. The same seed gives the same bytes on every machine. Takes about two seconds.
 */
export function simulateDemo(options: DemoOptions = {}): Dataset {
  const settings = { seed: options.seed ?? DEMO_SEED, sampleShare: DEMO_SAMPLE_SHARE };
  return makeDataset(
    'demo',
    SCENARIOS.map((scenario) => simulate(scenario, settings).experiment),
  );
}
