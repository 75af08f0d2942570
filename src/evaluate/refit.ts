import type { Random } from '../numeric/index.ts';
import { disagree, gridSearch, gridStep, multiStart, ranked, refineThresholds, searchNonlinear } from './explore.ts';
import { type Fit, FoldFitter, jitter } from './fold-fitter.ts';
import type { GroupLayout, Layout } from './layout.ts';
import { ROUGH, THOROUGH } from './linear-fit.ts';
import { LOSS_SCHEDULE } from './loss.ts';
import type { Model } from './model.ts';
import type { EvaluateSettings } from './settings.ts';
import { findThresholds, type Threshold } from './thresholds.ts';

type RefitSettings = Pick<EvaluateSettings, 'objective' | 'jitteredStarts' | 'searchEvaluations'>;

/** Iterations of Levenberg–Marquardt with each loss: to screen, from each start, and at the end. */
const ITERATIONS = { screen: 6, start: 25, final: 60 } as const;
/** Grid points that are followed up on all rows. */
const KEEP = 3;

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
  readonly #train: FoldFitter;
  readonly #thresholds: readonly Threshold[];
  #found: readonly Fit[] = [];

  constructor(model: Model, layout: Layout, group: GroupLayout, settings: RefitSettings, random: Random) {
    this.#model = model;
    this.#settings = settings;
    this.#random = random;
    const schedule = LOSS_SCHEDULE[settings.objective];
    this.#sample = new FoldFitter(model, layout, group.sample, schedule);
    this.#train = new FoldFitter(model, layout, group.guarded, schedule);
    this.#thresholds = findThresholds(model, group.train.rows);
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
    const [best] = ranked(fits) as [Fit];
    const chosen = disagree(fits) ? [best, this.#search(best)] : [best];
    return this.#bestOf(chosen.map((fit) => this.#polish(fit)));
  }

  #refitThresholds(): Fit {
    const [best, ...rest] = this.#found as [Fit, ...Fit[]];
    const others = this.#model.nonlinear.length - this.#thresholds.length;
    const starts = others > 0 || this.#thresholds.length > 2 ? [best, this.#search(best), ...rest] : [best, ...rest];
    const onAllRows = ranked(starts.map((fit) => this.#train.project(fit.constants, ROUGH)));
    const step = gridStep(this.#thresholds.length);
    const refined = onAllRows.slice(0, 2).map((fit) => refineThresholds(this.#train, this.#thresholds, fit, step));
    return this.#polish(this.#bestOf(refined));
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
