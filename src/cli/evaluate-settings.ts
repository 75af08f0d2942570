import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from '../evaluate/index.ts';
import type { RunConfig } from '../run/index.ts';

/** How a run's programs are evaluated, from its frozen configuration. */
export function evaluateSettings(config: RunConfig, jobs: number): EvaluateSettings {
  const { scope, objective, search, timeoutSeconds } = config;
  return {
    ...DEFAULT_EVALUATE_SETTINGS,
    scope,
    objective,
    caps: search.caps,
    seed: search.seed,
    timeoutMs: 1000 * timeoutSeconds,
    jobs,
  };
}
