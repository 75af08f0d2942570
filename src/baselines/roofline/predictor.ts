import { type Hardware, kvTokensOf } from '../../physics/index.ts';
import type { Predictor } from '../predictor.ts';
import type { StepRows } from '../rows.ts';
import { CONSTANT_MFU, type Mfu } from './mfu.ts';
import { readMfu } from './read-mfu.ts';
import { type RooflineBatch, rooflineUs } from './step-time.ts';

/** Answers the efficiencies to use on an accelerator. */
export type MfuOf = (accelerator: Hardware) => Mfu;

/**
 * Efficiencies from a bench_data folder; the constants where none is given. A folder is read once for each accelerator.
 *
 * @throws UserError when a predictor first meets an accelerator whose tables the folder lacks.
 */
export function mfuSource(folder: string | undefined): MfuOf {
  const known = new Map<string, Mfu>();
  return (accelerator) => {
    if (folder === undefined) return CONSTANT_MFU;
    const read = known.get(accelerator.name) ?? readMfu(folder, accelerator);
    known.set(accelerator.name, read);
    return read;
  };
}

/** The roofline of a published simulator. Nothing in it is fitted. */
export function roofline(mfuOf: MfuOf): Predictor {
  return {
    name: 'roofline',
    description: 'compute or memory bound by phase, with kernel efficiencies',
    fittedOn: 'nothing',
    fit: ({ train }) => {
      const accelerators = new Map(train.map(({ context: { hardware } }) => [hardware.name, hardware]));
      return {
        parameters: 0,
        notes: [...accelerators].map(([name, accelerator]) => `${name}: ${mfuOf(accelerator).source}`),
        predict: (rows) => {
          const mfu = mfuOf(rows.context.hardware);
          return Float64Array.from(rooflineBatches(rows), (batch) => rooflineUs(batch, rows.context, mfu));
        },
      };
    },
  };
}

/** Step records as batches of like requests: the context of a batch is shared evenly. */
export function rooflineBatches({ steps, context }: StepRows): readonly RooflineBatch[] {
  const kvTokens = kvTokensOf(steps, context.blockSize);
  return Array.from(kvTokens, (tokens, row): RooflineBatch => {
    const requests = steps.prefillRequests[row]! + steps.decodeRequests[row]!;
    return {
      prefillTokens: steps.prefillTokens[row]!,
      prefillRequests: steps.prefillRequests[row]!,
      decodeTokens: steps.decodeTokens[row]!,
      decodeRequests: steps.decodeRequests[row]!,
      contextTokens: tokens / Math.max(requests, 1),
    };
  });
}
