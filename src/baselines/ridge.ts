import { concatColumns } from '../numeric/index.ts';
import { groupOfRows, groupParts, concatMatrices, SCOPE_WORDS } from './groups.ts';
import { applyLinear, fitScaler, ridge, standardise } from './linear.ts';
import type { Predictor } from './predictor.ts';
import { publishedFeatures } from './published-features.ts';

const ALPHA = 1;
const SCOPE = 'experiment';

/** Ridge regression on the published 30 features, standardised, alpha 1, one for each experiment. */
export function ridge30(): Predictor {
  return {
    name: 'ridge-30',
    description: 'ridge regression on 30 features, standardised, alpha 1',
    fittedOn: `train, ${SCOPE_WORDS[SCOPE]}`,
    fit: ({ train }) => {
      const models = new Map(
        [...groupParts(train, SCOPE)].map(([group, parts]) => {
          const columns = concatMatrices(parts.map(publishedFeatures));
          const scaler = fitScaler(columns);
          const y = concatColumns(parts.map((part) => part.y));
          return [group, { scaler, model: ridge(standardise(columns, scaler), y, ALPHA) }];
        }),
      );
      return {
        parameters: models.size * 31,
        notes: [],
        predict: (rows) => {
          const fitted = models.get(groupOfRows(rows, SCOPE));
          if (fitted === undefined) return undefined;
          return applyLinear(
            fitted.model,
            standardise(publishedFeatures(rows), fitted.scaler),
            rows.steps.stepId.length,
          );
        },
      };
    },
  };
}
