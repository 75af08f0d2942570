import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from '../evaluate/index.ts';
import type { EvaluationEffort, RunConfig } from '../run/index.ts';

/** How a run's programs are evaluated while it searches: errors are of what the run holds out. */
export function searchSettings(config: RunConfig, jobs: number): EvaluateSettings {
  const { holdOut } = config;
  return { ...evaluateSettings(config, jobs), ...(holdOut !== undefined && { holdOut }) };
}

/** How a run's programs are evaluated, from its frozen configuration, with all that is there. */
export function evaluateSettings(config: RunConfig, jobs: number): EvaluateSettings {
  const {
    scope,
    objective,
    requestWeights = DEFAULT_EVALUATE_SETTINGS.requestWeights,
    priors = DEFAULT_EVALUATE_SETTINGS.priors,
    search,
    timeoutSeconds,
    effort,
    floor = false,
  } = config;
  return {
    ...effort,
    scope,
    objective,
    caps: search.caps,
    seed: search.seed,
    requestWeights,
    floor,
    priors,
    timeoutMs: 1000 * timeoutSeconds,
    jobs,
  };
}

/** The effort that this version of the program spends on an evaluation, for a new run to freeze. */
export function defaultEffort(): EvaluationEffort {
  const { memoryMb, screenLimit, sampleRows, jitteredStarts, searchEvaluations } = DEFAULT_EVALUATE_SETTINGS;
  return { memoryMb, screenLimit, sampleRows, jitteredStarts, searchEvaluations };
}
