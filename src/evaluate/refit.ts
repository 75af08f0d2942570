import type { Random } from '../numeric/index.ts';
import { disagree, gridSearch, gridStep, multiStart, ranked, refineThresholds, searchNonlinear } from './explore.ts';
import { type Fit, FoldFitter, jitter } from './fold-fitter.ts';
import { ROUGH, THOROUGH } from './linear-fit.ts';
import { type GroupData, LOSS_SCHEDULE } from './loss.ts';
import type { Model } from './model.ts';
import type { EvaluateSettings } from './settings.ts';
import { findThresholds, type Threshold } from './thresholds.ts';

type RefitSettings = Pick<EvaluateSettings, 'objective' | 'jitteredStarts' | 'searchEvaluations'>;

/** Iterations of Levenberg–Marquardt with each loss: to screen, from each start, and at the end. */
const ITERATIONS = { screen: 6, start: 25, final: 60 } as const;
/** Grid points that are followed up on all rows. */
const KEEP = 3;
/** Thresholds and the other constants are refined in turn at most so often, until the loss falls by less than this share. */
const ROUNDS = 4;
const SETTLED = 1e-4;

/**
 * Fits a model's constants for one group. `screen` is the quick fit on the subsample; `refit` starts from what it found:
 *
 * - all constants linear: closed form by iteratively reweighted least squares;
 * - smooth: Levenberg–Marquardt over all constants from several starts, on the subsample, then on all rows from the best;
 *   CMA-ES first where the starts end in different valleys;
 * - thresholds: a grid of quantiles with the linear constants solved at each point; CMA-ES where other constants are
 *   non-linear too or there are more than two; refined and polished on all rows.
 */
export class GroupRefit {
  readonly #model: Model;
  readonly #settings: RefitSettings;
  readonly #random: Random;
  readonly #sample: FoldFitter;
  readonly #middle: FoldFitter | undefined;
  readonly #train: FoldFitter;
  readonly #thresholds: readonly Threshold[];
  #found: readonly Fit[] = [];

  constructor(model: Model, group: GroupData, settings: RefitSettings, random: Random) {
    this.#model = model;
    this.#settings = settings;
    this.#random = random;
    const schedule = LOSS_SCHEDULE[settings.objective];
    this.#sample = new FoldFitter(model, group.sample, schedule);
    this.#middle = group.middle === undefined ? undefined : new FoldFitter(model, group.middle, schedule);
    this.#train = new FoldFitter(model, group.guarded, schedule);
    this.#thresholds = findThresholds(model, group.trainRows);
  }

  /** The best quick fit; its cost is infinite where no start gave finite predictions. */
  screen(): Fit {
    this.#found = this.#quickFits();
    return this.#found[0] as Fit;
  }

  #quickFits(): readonly Fit[] {
    const model = this.#model;
    const sample = this.#sample;
    if (model.nonlinear.length === 0) return [sample.project(model.start, ROUGH)];
    for (let attempt = 0; attempt <= this.#settings.jitteredStarts; attempt++) {
      const start =
        attempt === 0 ? model.start : jitter(model.start, model.nonlinear, this.#random.split('quick', attempt));
      const fits =
        model.conditional.length > 0 ? gridSearch(sample, this.#thresholds, start, KEEP) : this.#quickSmooth(start);
      if ((fits[0] as Fit).cost < Number.POSITIVE_INFINITY) return fits;
    }
    return [{ constants: model.start, cost: Number.POSITIVE_INFINITY }];
  }

  #quickSmooth(start: Float64Array): readonly Fit[] {
    const sample = this.#sample;
    const [nearer] = ranked([sample.project(start, ROUGH), sample.project(sample.rescaled(start), ROUGH)]) as [Fit];
    return [sample.descend(nearer.constants, ITERATIONS.screen, 1e-3)];
  }

  /** The fit on all training rows. Call `screen` first. */
  refit(): Fit {
    const { nonlinear, conditional } = this.#model;
    if (nonlinear.length === 0) return this.#train.project(this.#model.start, THOROUGH);
    return conditional.length > 0 ? this.#refitThresholds() : this.#refitSmooth();
  }

  #refitSmooth(): Fit {
    const [quick] = this.#found as [Fit];
    const fits = multiStart(
      this.#sample,
      quick.constants,
      this.#settings.jitteredStarts,
      ITERATIONS.start,
      this.#random.split('starts'),
    );
    const [best, ...others] = ranked(fits) as [Fit, ...Fit[]];
    const chosen = disagree(fits) ? [best, this.#search(best), ...others.slice(0, KEEP - 1)] : [best];
    const finalists = this.#race(chosen, (middle, fit) => middle.descend(fit.constants, ITERATIONS.start, 1e-4));
    return this.#bestOf(finalists.map((fit) => this.#polish(fit)));
  }

  #refitThresholds(): Fit {
    const [best, ...rest] = this.#found as [Fit, ...Fit[]];
    const others = this.#model.nonlinear.length - this.#thresholds.length;
    const starts = others > 0 || this.#thresholds.length > 2 ? [best, this.#search(best), ...rest] : [best, ...rest];
    const finalists = this.#race(starts, (middle, fit) => middle.project(fit.constants, ROUGH));
    const onAllRows = ranked(finalists.map((fit) => this.#train.project(fit.constants, ROUGH)));
    const step = gridStep(this.#thresholds.length);
    const refined = onAllRows.slice(0, KEEP).map((fit) => refineThresholds(this.#train, this.#thresholds, fit, step));
    let fit = this.#polish(this.#bestOf(refined));
    // Other constants that have moved may have moved the best thresholds too.
    for (let round = 0; round < ROUNDS; round++) {
      const next = this.#polish(refineThresholds(this.#train, this.#thresholds, fit, step));
      if (!(next.cost < fit.cost * (1 - SETTLED))) return this.#bestOf([fit, next]);
      fit = next;
    }
    return fit;
  }

  /** Where there are many rows, fits go on to more of them first, and the better third of them to all. */
  #race(fits: readonly Fit[], again: (middle: FoldFitter, fit: Fit) => Fit): readonly Fit[] {
    const middle = this.#middle;
    if (middle === undefined || fits.length < 2) return fits;
    const onMiddle = ranked(fits.map((fit) => again(middle, fit)));
    return onMiddle.slice(0, Math.ceil(fits.length / 3));
  }

  #search(from: Fit): Fit {
    const evaluations = this.#settings.searchEvaluations * this.#model.nonlinear.length;
    return searchNonlinear(this.#sample, this.#thresholds, from, evaluations, this.#random.split('search'));
  }

  /** Descent over all constants on all rows, then the linear ones once more in closed form; no step back. */
  #polish(fit: Fit): Fit {
    const start = { constants: fit.constants, cost: this.#train.cost(fit.constants) };
    const smooth = this.#model.nonlinear.length > this.#thresholds.length;
    const descended = smooth ? this.#train.descend(fit.constants, ITERATIONS.final, 1e-7) : start;
    const best = this.#bestOf([start, descended]);
    return this.#bestOf([best, this.#train.project(best.constants, THOROUGH)]);
  }

  #bestOf(fits: readonly Fit[]): Fit {
    return ranked(fits)[0] as Fit;
  }
}
