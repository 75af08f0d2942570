import type { ClientOverheads } from '../../data/index.ts';
import type { ServingContext } from '../../physics/index.ts';
import type { FittedPredictor, Predictor } from '../predictor.ts';
import { type BlisSums, sumsOfBatch, sumsOfRows } from './batch.ts';
import { fitRoofline, fitTrainedPhysics, timedBatches } from './fit.ts';
import { type BlisModel, blisModel } from './model.ts';
import { blisRooflineUs, ROOFLINE_SHARES, type RooflineShares } from './roofline.ts';
import {
  TRAINED_PHYSICS_ALPHA,
  TRAINED_PHYSICS_BETA,
  TRAINED_PHYSICS_TERMS,
  trainedPhysicsUs,
} from './trained-physics.ts';

type StepUs = (model: BlisModel, sums: BlisSums) => number;

/** A formula of BLIS as a predictor: over records, and over the exact requests of a simulated server. */
function blisFormula(
  stepUs: StepUs,
  parameters: number,
  notes: readonly string[] = [],
  overheads?: ClientOverheads,
): FittedPredictor {
  const modelOf = (context: ServingContext): BlisModel | undefined => blisModel(context);
  return {
    parameters,
    notes,
    predict: (rows) => {
      const model = modelOf(rows.context);
      return model && Float64Array.from(sumsOfRows(rows), (sums) => stepUs(model, sums));
    },
    timing: ({ context }) => {
      const model = modelOf(context);
      return model && { stepTime: (batch) => stepUs(model, sumsOfBatch(batch)), ...(overheads && { overheads }) };
    },
  };
}

const [requestUs, completionUs, tokenUs] = TRAINED_PHYSICS_ALPHA;
/** What BLIS ships beside the coefficients. */
const SHIPPED_OVERHEADS: ClientOverheads = { requestUs, completionUs, tokenUs };

/** BLIS's default formula with some coefficients. */
export function trainedPhysicsWith(beta: readonly number[], overheads?: ClientOverheads): FittedPredictor {
  return blisFormula((model, sums) => trainedPhysicsUs(model, sums, beta), beta.length, [], overheads);
}

/** BLIS's roofline with some shares of the peak. */
export function blisRooflineWith(shares: RooflineShares): FittedPredictor {
  return blisFormula((model, sums) => blisRooflineUs(model, sums, shares), 2);
}

type Constants = 'shipped' | 'refitted';

/** What every formula of BLIS is as a predictor. */
interface Form {
  readonly name: string;
  readonly about: string;
  /** What refitting it means. */
  readonly refitting: string;
  readonly shipped: () => FittedPredictor;
  readonly refit: (batches: ReturnType<typeof timedBatches>) => FittedPredictor;
}

function predictorOf({ name, about, refitting, shipped, refit }: Form, constants: Constants): Predictor {
  if (constants === 'shipped') {
    const fit = (): FittedPredictor => ({ ...shipped(), parameters: 0 });
    return { name, description: `${about}, as shipped`, fittedOn: 'nothing', fit };
  }
  return {
    name: `${name}-refitted`,
    description: `${about}, ${refitting}`,
    fittedOn: 'train, all experiments together',
    fit: ({ train }) => refit(timedBatches(train)),
  };
}

const TRAINED_PHYSICS: Form = {
  name: 'trained-physics',
  about: "BLIS's default formula",
  refitting: 'refitted',
  shipped: () => trainedPhysicsWith(TRAINED_PHYSICS_BETA, SHIPPED_OVERHEADS),
  refit: (batches) => {
    const beta = fitTrainedPhysics(batches);
    const notes = TRAINED_PHYSICS_TERMS.map((name, at) => `${name} ${Number(beta[at]!.toPrecision(4))}`);
    return { ...trainedPhysicsWith(beta), notes: [notes.join(', ')] };
  },
};

const ROOFLINE: Form = {
  name: 'blis-roofline',
  about: "BLIS's roofline",
  refitting: 'shares of the peak refitted',
  shipped: () => blisRooflineWith(ROOFLINE_SHARES),
  refit: (batches) => {
    const shares = fitRoofline(batches);
    const notes = [`prefill ${shares.prefill.toPrecision(3)}, decode ${shares.decode.toPrecision(3)} of the peak`];
    return { ...blisRooflineWith(shares), notes };
  },
};

/** The default formula of BLIS with the constants that it ships, and with constants that were fitted to the same data. */
export function trainedPhysics(constants: Constants): Predictor {
  return predictorOf(TRAINED_PHYSICS, constants);
}

/** The roofline of today's BLIS. */
export function blisRoofline(constants: Constants): Predictor {
  return predictorOf(ROOFLINE, constants);
}
