import { concatColumns, type Random } from '../../numeric/index.ts';
import type { Hardware } from '../../physics/index.ts';
import { concatMatrices } from '../groups.ts';
import { applyLinear } from '../linear.ts';
import type { FittedPredictor, Predictor } from '../predictor.ts';
import type { MfuOf } from '../roofline/predictor.ts';
import { type LabelledRows, someLabelledRows, someRows, type StepRows } from '../rows.ts';
import { type ChosenRidge, crossValidatedRidge } from './cross-validated-ridge.ts';
import { BETA_FEATURES, betaFeatures, type Scaling } from './features.ts';
import { architectureClass, regimesOf } from './regimes.ts';

/** Fewer rows than this are fitted together with the other regimes of their class. */
const LEAST_ROWS = 100;
/** A server's first steps are warm-up. */
const WARM_UP_ROWS = 10;

/** Fitted models by key: `<hardware>/<class>/<regime>`, and `<hardware>/<class>` for all regimes together. */
type Models = ReadonlyMap<string, ChosenRidge>;

/**
 * LPIC, the linearised physics-informed model: ridge regression on the roofline's terms, one fit for each regime of a class of
 * models on an accelerator. A regime with too few rows uses its class; a class with too few, or an accelerator that was not
 * seen, uses the nearest accelerator's fit with the physical coefficients scaled.
 */
export function lpicBeta(mfuOf: MfuOf): Predictor {
  return {
    name: 'lpic-beta',
    description: 'ridge regression on roofline terms by regime',
    fittedOn: 'train, by regime over all experiments',
    fit: ({ train }, random) => fitBeta(train, mfuOf, random),
  };
}

function fitBeta(train: readonly LabelledRows[], mfuOf: MfuOf, random: Random): FittedPredictor {
  const parts = train.map(withoutWarmUp);
  const models = new Map<string, ChosenRidge>();
  for (const [key, rows] of rowsByKey(parts)) {
    if (rows.y.length < LEAST_ROWS) continue;
    models.set(key, crossValidatedRidge(concatMatrices(rows.columns(mfuOf)), rows.y, random.split('lpic', key)));
  }
  const used = new Set([...models.keys()].map((key) => key.split('/')[0]));
  const all = new Map(parts.map(({ context: { hardware } }) => [hardware.name, hardware]));
  const accelerators = [...all.values()].filter(({ name }) => used.has(name));
  return {
    parameters: models.size * (BETA_FEATURES.length + 1),
    notes: [...models].map(([key, { penalty, rows }]) => `${key}: ${rows} rows, penalty ${penalty}`),
    predict: (rows) => {
      const p = new Float64Array(rows.steps.stepId.length);
      for (const [regime, at] of rowsByRegime(rows)) {
        const found = findModel(models, accelerators, rows, regime);
        if (found === undefined) return undefined;
        const own = at.length === p.length ? rows : someRows(rows, at);
        const columns = scaled(betaFeatures(own, mfuOf(rows.context.hardware)), found.from, rows.context.hardware);
        const values = applyLinear(found.model, columns, at.length);
        for (const [i, row] of at.entries()) p[row] = values[i]!;
      }
      return p;
    },
  };
}

function withoutWarmUp(part: LabelledRows): LabelledRows {
  const rows = Array.from(part.y, (_, row) => row).slice(WARM_UP_ROWS);
  return someLabelledRows(part, rows);
}

function rowsByRegime(rows: StepRows): ReadonlyMap<string, readonly number[]> {
  const byRegime = new Map<string, number[]>();
  for (const [row, regime] of regimesOf(rows).entries()) {
    const own = byRegime.get(regime);
    if (own === undefined) byRegime.set(regime, [row]);
    else own.push(row);
  }
  return byRegime;
}

interface KeyedRows {
  readonly y: Float64Array;
  columns(mfuOf: MfuOf): readonly (readonly Float64Array[])[];
}

/** Rows of every regime, and of every class as a whole. */
function rowsByKey(parts: readonly LabelledRows[]): ReadonlyMap<string, KeyedRows> {
  const members = new Map<string, LabelledRows[]>();
  const add = (key: string, part: LabelledRows): void => {
    const own = members.get(key);
    if (own === undefined) members.set(key, [part]);
    else own.push(part);
  };
  for (const part of parts) {
    add(classKey(part), part);
    for (const [regime, rows] of rowsByRegime(part)) {
      add(`${classKey(part)}/${regime}`, someLabelledRows(part, rows));
    }
  }
  return new Map(
    [...members].map(([key, own]) => [
      key,
      {
        y: concatColumns(own.map(({ y }) => y)),
        columns: (mfuOf) => own.map((part) => betaFeatures(part, mfuOf(part.context.hardware))),
      },
    ]),
  );
}

function classKey(rows: StepRows): string {
  return `${rows.context.hardware.name}/${architectureClass(rows)}`;
}

/**
 * The regime's own fit, its class's, the nearest accelerator's for the same class, and last any class of the nearest
 * accelerator.
 */
function findModel(
  models: Models,
  accelerators: readonly Hardware[],
  rows: StepRows,
  regime: string,
): { readonly model: ChosenRidge; readonly from: Hardware } | undefined {
  const own = rows.context.hardware;
  const nearest = accelerators.toSorted((a, b) => distance(a, own) - distance(b, own));
  const kind = architectureClass(rows);
  for (const kinds of [[kind], ['dense', 'moe']]) {
    for (const from of nearest) {
      for (const each of kinds) {
        const model = models.get(`${from.name}/${each}/${regime}`) ?? models.get(`${from.name}/${each}`);
        if (model !== undefined) return { model, from };
      }
    }
  }
  return undefined;
}

/** How unlike two accelerators are: distance of the logarithms of FLOP/s and bandwidth. */
function distance(a: Hardware, b: Hardware): number {
  return Math.hypot(Math.log(a.peakFlops / b.peakFlops), Math.log(a.memoryBandwidth / b.memoryBandwidth));
}

const RATIO: { readonly [S in Scaling]: (from: Hardware, to: Hardware) => number } = {
  compute: (from, to) => from.peakFlops / to.peakFlops,
  bandwidth: (from, to) => from.memoryBandwidth / to.memoryBandwidth,
  none: () => 1,
};

/** Scaling a column is scaling its coefficient; terms in µs of the roofline carry the hardware in them already. */
function scaled(columns: readonly Float64Array[], from: Hardware, to: Hardware): readonly Float64Array[] {
  return columns.map((column, i) => {
    const ratio = RATIO[BETA_FEATURES[i]!.scaling](from, to);
    return ratio === 1 ? column : column.map((value) => value * ratio);
  });
}
