import { analyticalCorrections } from './corrections.ts';
import { directCalibration } from './direct-calibration.ts';
import { blackbox, naiveMean } from './formulas.ts';
import { lpicBeta } from './lpic/beta.ts';
import type { Predictor } from './predictor.ts';
import { ridge30 } from './ridge.ts';
import { mfuSource, roofline } from './roofline/predictor.ts';
import { boostedTrees } from './trees/predictor.ts';

/**
 * Every reference predictor of step times.
 *
 * @param benchData folder of measured kernel efficiencies for those that use a roofline; constants where there is none.
 */
export function referencePredictors(benchData?: string): readonly Predictor[] {
  const mfuOf = mfuSource(benchData);
  return [
    naiveMean('experiment'),
    blackbox('global'),
    blackbox('model'),
    blackbox('experiment'),
    roofline(mfuOf),
    ridge30(),
    boostedTrees(),
    analyticalCorrections('global'),
    analyticalCorrections('model'),
    lpicBeta(mfuOf),
    directCalibration(),
  ];
}
