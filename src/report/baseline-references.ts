import { metricsOf, referencePredictors, trainingData } from '../baselines/index.ts';
import type { Dataset, TargetName } from '../data/index.ts';
import { objectiveError, type ObjectiveName } from '../evaluate/index.ts';
import { createRandom } from '../numeric/index.ts';
import type { Reference } from './report-data.ts';

/** Seeds what is random in a baseline's fit; fixed, so that a report is the same each time. */
const SEED = 1;

/**
 * The published reference predictors on validation rows, fitted on training rows; an experiment that one cannot predict is left
 * out of it. Some choose their settings on the very rows that are shown here, which flatters them.
 */
export function baselineReferences(
  dataset: Dataset,
  target: TargetName,
  objective: ObjectiveName,
): readonly Reference[] {
  const data = trainingData(dataset, target);
  if (data.valid.length === 0) return [];
  const random = createRandom(SEED);
  return referencePredictors().flatMap((predictor) => {
    const fitted = predictor.fit(data, random.split(predictor.name));
    const experiments = data.valid.flatMap((rows) => {
      const p = fitted.predict(rows);
      return p === undefined ? [] : [metricsOf({ rows, p })];
    });
    if (experiments.length === 0) return [];
    const error = objectiveError(
      objective,
      experiments.map((metrics) => ({ metrics, weight: 1 })),
    );
    return [{ name: predictor.name, kind: 'baseline', error, experiments }];
  });
}
