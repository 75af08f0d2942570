import { analyticalCorrections } from './corrections.ts';
import { blisRoofline, trainedPhysics } from './blis/predictors.ts';
import { directCalibration } from './direct-calibration.ts';
import { blackbox, naiveMean } from './formulas.ts';
import { lpicBeta } from './lpic/beta.ts';
import type { Predictor } from './predictor.ts';
import { ridge30 } from './ridge.ts';
import { mfuSource, roofline } from './roofline/predictor.ts';
import { PUBLISHED_COLUMNS } from './published-features.ts';
import { boostedTrees } from './trees/predictor.ts';
import { missingColumns, missingContext, missingFeatures, whereRecorded } from './where-recorded.ts';

/**
 * Every reference predictor of step times.
 *
 * @param benchData folder of measured kernel efficiencies for those that use a roofline; constants where there is none.
 */
export function referencePredictors(benchData?: string): readonly Predictor[] {
  const mfuOf = mfuSource(benchData);
  const published = missingColumns(...PUBLISHED_COLUMNS);
  const lpicColumns = missingColumns('kvUsageRatio', 'preemptedRequests');
  return [
    naiveMean('experiment'),
    blackbox('global'),
    blackbox('model'),
    blackbox('experiment'),
    whereRecorded(roofline(mfuOf), missingContext),
    whereRecorded(ridge30(), published),
    whereRecorded(boostedTrees(), published),
    whereRecorded(analyticalCorrections('global'), missingFeatures),
    whereRecorded(analyticalCorrections('model'), missingFeatures),
    whereRecorded(lpicBeta(mfuOf), (rows) => [...missingContext(rows), ...lpicColumns(rows)]),
    ...(['shipped', 'refitted'] as const).flatMap((constants) => [
      whereRecorded(trainedPhysics(constants), missingFeatures),
      whereRecorded(blisRoofline(constants), missingFeatures),
    ]),
    directCalibration(),
  ];
}
