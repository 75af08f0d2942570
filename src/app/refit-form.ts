import { type BlisForm, refitForm } from '../baselines/index.ts';
import { UserError } from '../base/index.ts';
import { type Dataset, servingContext } from '../data/index.ts';
import type { Hardware } from '../physics/index.ts';
import { refuseTable } from './column-run.ts';
import type { RefitDocument } from './documents.ts';
import { openDataset, sourceOf } from './workspace.ts';

/** Which formula is fitted to what. */
export interface RefitOptions {
  readonly form: BlisForm;
  /** Dataset folder; default: the embedded demo data. */
  readonly data?: string;
}

/**
 * Fits the constants of a formula of BLIS to a dataset, in the form that BLIS reads: a section of its `defaults.yaml`, or of its
 * `hardware_config.json`. Validation rows and requests judge it beside the shipped constants; test rows stay closed.
 *
 * @throws UserError where no step time is known of a deployment that BLIS can serve.
 */
export async function refitBlisForm({ form, data }: RefitOptions): Promise<RefitDocument> {
  const dataset = await openDataset(data);
  const source = sourceOf(data);
  refuseTable(dataset, "BLIS's formulas");
  const fitted = refitForm(dataset, form);
  if (fitted === undefined) {
    throw new UserError({
      code: 'app.no-training-rows',
      place: { file: source },
      problem: 'no training rows with cycles of a deployment that BLIS can serve',
      mend: 'use a dataset with more step records, or with request logs',
    });
  }
  const { constants } = fitted;
  return {
    ...fitted,
    data: { source, hash: dataset.hash },
    section: constants.beta === null ? hardwareSection(dataset, constants.shares!) : betaSection(constants),
  };
}

function betaSection({ alpha, beta }: RefitDocument['constants']): string {
  return [
    'trained_physics_coefficients:',
    `  alpha_coeffs: [${alpha.map(decimal).join(', ')}]`,
    `  beta_coeffs: [${beta!.map(decimal).join(', ')}]`,
    '',
  ].join('\n');
}

/** Ten digits, and no exponent. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(10)));
}

/** JSON, which YAML readers take too. */
function hardwareSection(dataset: Dataset, shares: NonNullable<RefitDocument['constants']['shares']>): string {
  const kinds = new Map<string, Hardware>();
  for (const experiment of dataset.experiments) {
    const { hardware } = servingContext(dataset, experiment);
    kinds.set(hardware.name, hardware);
  }
  const rows = [...kinds].map(([name, hardware]) => [
    name,
    {
      TFlopsPeak: hardware.peakFlops / 1e12,
      TFlopsFP8: (hardware.peaks?.fp8 ?? 0) / 1e12,
      BwPeakTBs: hardware.memoryBandwidth / 1e12,
      mfuPrefill: Number(shares.prefill.toPrecision(6)),
      mfuDecode: Number(shares.decode.toPrecision(6)),
      MemoryGiB: hardware.memoryBytes / 1e9,
    },
  ]);
  return `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`;
}
