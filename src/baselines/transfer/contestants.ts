import type { RegressionTable } from '../../data/index.ts';
import type { EvaluateSettings, GroupFit } from '../../evaluate/index.ts';
import { createRandom } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import type { Predictor } from '../predictor.ts';
import { fitConstants } from '../validation/fold-fits.ts';
import { selectRows } from '../validation/select-rows.ts';
import type { TransferContestant } from './transfer.ts';

/** A program whose constants are fitted anew, all of the rest sharing them. */
export interface TransferProgram {
  readonly name: string;
  readonly kind: TransferContestant['kind'];
  readonly program: Program;
  /** The constants that its run fitted, with which it is judged where nothing is held out; fitted too where absent. */
  readonly fits?: readonly GroupFit[];
  readonly settings: EvaluateSettings;
  /** Training and validation rows. */
  readonly table: RegressionTable;
}

export function transferProgram({ name, kind, program, fits, settings, table }: TransferProgram): TransferContestant {
  return {
    name,
    kind,
    fitWithout: async (held) => {
      if (held.size === 0 && fits !== undefined) return fittedProgram(program, fits, settings.scope);
      const rest = selectRows(table, (index) => !held.has(table.experiments[index]!.id));
      const found = await fitConstants({ program, settings }, rest, 'global');
      return 'problem' in found ? found : fittedProgram(program, found.fits, 'global');
    },
  };
}

/** Seeds the sampling of the baselines. */
const SEED = 1;

export function transferBaseline(predictor: Predictor): TransferContestant {
  return {
    name: predictor.name,
    kind: 'baseline',
    fitWithout: (_, data) =>
      Promise.resolve(
        data.train.length === 0
          ? { problem: 'no training rows are left' }
          : predictor.fit(data, createRandom(SEED).split(predictor.name, 'fit')),
      ),
  };
}
