import type { Random } from '../numeric/index.ts';
import type { Model } from '../kernel/index.ts';
import type { ConstantInfo } from '../program/index.ts';
import {
  disagree,
  gridSearch,
  gridStep,
  isBetter,
  multiStart,
  ranked,
  refineThresholds,
  searchNonlinear,
} from './explore.ts';
import { clipped, type ConstantBounds, constantBounds } from './bounds.ts';
import { type Fit, RowSetFitter, jitter } from './row-set-fitter.ts';
import { CONVERGED, type Effort, ROUGH, THOROUGH } from './linear-fit.ts';
import { type GroupData, LOSS_SCHEDULE, type RowSetData } from './loss.ts';
import { type ConstantPriors, constantPriors, positiveWherePrior, usual } from './priors/prior.ts';
import { kneeStarts, scaledStarts } from './scaled-starts.ts';
import type { EvaluateSettings } from './settings.ts';
import { findKnees, findThresholds, type Threshold } from './thresholds.ts';

type RefitSettings = Pick<EvaluateSettings, 'objective' | 'jitteredStarts' | 'searchEvaluations' | 'priors'>;

/** Iterations of Levenberg–Marquardt with each loss: to screen, from each start, and where rows are left out. */
const ITERATIONS = { screen: 6, start: 25, without: 8 } as const;
/** Grid points that are followed up on all rows. */
const KEEP = 3;

/** What a refit starts from. */
interface RefitStart {
  /** Start values; default: the program's. */
  readonly own?: Float64Array;
  /** Constants of an earlier fit. */
  readonly earlier?: Float64Array | undefined;
  /** What is known of the constants; nothing where there are no units. */
  readonly infos?: readonly ConstantInfo[];
}

/** How much work a refit may be. */
interface RefitEffort {
  /** Multiples of the settings' jittered starts and CMA-ES evaluations. */
  readonly starts: number;
  readonly evaluations: number;
  /** Iterations of the last descent with each loss, and the relative decrease of the loss at which it ends. */
  readonly iterations: number;
  readonly tolerance: number;
  readonly linear: Effort;
  /** Thresholds and the other constants are refined in turn at most so often, until the loss falls by less than a share. */
  readonly rounds: number;
  readonly settled: number;
}

/** What a program gets that may soon be replaced, and what one gets that is to be kept. */
const EFFORTS = {
  usual: { starts: 1, evaluations: 1, iterations: 60, tolerance: 1e-7, linear: THOROUGH, rounds: 4, settled: 1e-4 },
  converged: {
    starts: 4,
    evaluations: 5,
    iterations: 500,
    tolerance: 1e-12,
    linear: CONVERGED,
    rounds: 30,
    settled: 1e-9,
  },
} as const satisfies Readonly<Record<string, RefitEffort>>;

/**
 * Fits a model's constants for one group in stages, each of which goes on from what the one before has found and costs more:
 * `screen`, `explore` and `search` on the subsample, `widen` on more rows, `finish` on all. Each answers the best fit
 * so far, so that a caller can stop where it leads nowhere.
 *
 * - all constants linear: closed form by iteratively reweighted least squares;
 * - smooth: Levenberg–Marquardt over all constants from several starts, and CMA-ES where they end in different valleys;
 * - thresholds: a grid of quantiles with the linear constants solved at each point; CMA-ES where other constants are
 *   non-linear too or there are more than two; refined and polished on all rows.
 *
 * With constants of an earlier fit it goes on from them, with more effort, until it converges.
 */
export class GroupRefit {
  readonly #model: Model;
  readonly #settings: RefitSettings;
  readonly #random: Random;
  readonly #sample: RowSetFitter;
  readonly #middle: RowSetFitter | undefined;
  /** Over all training rows: of the rows alone, until `finish` knows what the priors weigh beside them. */
  #train: RowSetFitter;
  /** What the priors weigh in it. */
  #weight = 0;
  readonly #fitterOn: (data: RowSetData, weight: number) => RowSetFitter;
  readonly #penalised: RowSetData;
  /** Training rows, and requests that were observed. */
  readonly #rows: number;
  readonly #priors: ConstantPriors;
  readonly #thresholds: readonly Threshold[];
  readonly #knees: readonly Threshold[];
  /** The program's own values. */
  readonly #start: Float64Array;
  readonly #earlier: Float64Array | undefined;
  readonly #effort: RefitEffort;
  /** Whether all that came before `widen` went by the steps of a schedule, which nobody measured. */
  readonly #hasRequests: boolean;
  /** Those that all fits keep. */
  readonly bounds: ConstantBounds;
  /** Best first. */
  #found: readonly Fit[] = [];

  constructor(
    model: Model,
    group: GroupData,
    settings: RefitSettings,
    random: Random,
    { own = model.start, earlier, infos = [] }: RefitStart = {},
  ) {
    this.#model = model;
    this.#settings = settings;
    this.#random = random;
    const schedule = LOSS_SCHEDULE[settings.objective];
    this.#thresholds = findThresholds(model, group.trainRows);
    this.#knees = findKnees(model, group.trainRows);
    const priors = constantPriors(model.names, infos, settings.priors);
    this.bounds = positiveWherePrior(constantBounds(model, infos, [...this.#knees, ...this.#thresholds]), priors);
    this.#fitterOn = (data, weight) => new RowSetFitter(model, data, schedule, { bounds: this.bounds, priors, weight });
    this.#sample = this.#fitterOn(group.sample, 0);
    this.#middle = group.middle && this.#fitterOn(group.middle, 0);
    this.#train = this.#fitterOn(group.penalised, 0);
    this.#penalised = group.penalised;
    this.#rows = group.train.length + (group.train.observed?.requests ?? 0);
    this.#priors = priors;
    this.#start = clipped(own, this.bounds);
    this.#earlier = earlier && clipped(earlier, this.bounds);
    this.#hasRequests = group.penalised.observed !== undefined;
    this.#effort = EFFORTS[earlier === undefined ? 'usual' : 'converged'];
  }

  /** A quick fit; its cost is infinite where no start gave finite predictions. */
  screen(): Fit {
    return this.#keep(this.#quickFits());
  }

  /** Descent from jittered starts. */
  explore(): Fit {
    const { nonlinear, conditional } = this.#model;
    if (nonlinear.length === 0 || conditional.length > 0) return this.#best;
    const random = this.#random.split('starts');
    const starts = this.#effort.starts * this.#settings.jitteredStarts;
    const fits = multiStart(this.#sample, this.#best.constants, starts, ITERATIONS.start, random);
    // Starts that agree have found one valley.
    return this.#keep(ranked(fits).slice(0, disagree(fits) ? KEEP : 1));
  }

  /** CMA-ES, where there is a reason for it. */
  search(): Fit {
    if (!this.#needsSearch()) return this.#best;
    const [best, ...others] = this.#found as [Fit, ...Fit[]];
    return this.#keep(ranked([best, this.#searched(best), ...others]));
  }

  /**
   * Where there are many rows, fits go on to more of them first, and the better third of them to all. Where requests were
   * observed, they go on to these.
   */
  widen(): Fit {
    const middle = this.#middle;
    if (middle === undefined || (this.#found.length < 2 && !this.#hasRequests)) return this.#best;
    const { conditional, nonlinear } = this.#model;
    const again = ({ constants }: Fit): Fit =>
      conditional.length > 0 || nonlinear.length === 0
        ? middle.project(constants, ROUGH)
        : middle.descend(constants, ITERATIONS.start, 1e-4);
    return this.#keep(ranked(this.#found.map(again)).slice(0, Math.ceil(this.#found.length / 3)));
  }

  /** The fit on all training rows; its loss, priors included, is never above that of the constants that were given. */
  finish(): Fit {
    const { nonlinear, conditional } = this.#model;
    const fit =
      nonlinear.length === 0
        ? this.#train.project(this.#start, this.#effort.linear)
        : conditional.length > 0
          ? this.#finishThresholds()
          : this.#finishSmooth();
    return this.#orGiven(this.#withPriors(this.#orGiven(fit)));
  }

  /**
   * The fit on some of the rows, by the last loss alone and with the same priors: some steps from the constants of all rows. What these
   * rows do not tell rests at what it usually is or, where nobody knows, at 0: the value of all rows would tell of those left out.
   */
  without(data: RowSetData, constants: Float64Array): Float64Array {
    const fitter = this.#fitterOn(data, this.#weight);
    const untold = fitter.untold(constants);
    const untoldByAll = this.#train.untold(constants);
    const resting = (value: number, i: number): number =>
      usual(this.#priors, i) ?? (untoldByAll[i] === true ? value : 0);
    const start = constants.map((value, i) => (untold[i] === true ? resting(value, i) : value));
    return fitter.settle(start, ITERATIONS.without, 1e-4).constants;
  }

  /**
   * The most probable constants, rows and priors taken together. A row weighs as much as its residuals say: the prior of exact rows
   * weighs nothing.
   */
  #withPriors(fit: Fit): Fit {
    if (this.#priors.median.every(Number.isNaN) || !Number.isFinite(fit.cost)) return fit;
    const { meanSquare } = this.#train.curvature(fit.constants);
    const idle = this.#train.idle(fit.constants);
    const settled = fit.constants.map((value, i) => (idle[i] === true ? (usual(this.#priors, i) ?? value) : value));
    this.#weight = meanSquare / this.#rows;
    this.#train = this.#fitterOn(this.#penalised, this.#weight);
    const starts = [settled, fit.constants].map((constants) => ({ constants, cost: this.#train.cost(constants) }));
    const [start] = ranked(starts) as [Fit, ...Fit[]];
    return this.#bestOf([this.#polish(start.constants), start]);
  }

  #orGiven(fit: Fit): Fit {
    return this.#given.reduce((best, constants) => {
      const given = { constants, cost: this.#train.cost(constants) };
      if (isBetter(best, given)) return best;
      return this.#bestOf([given, best, this.#polish(constants)]);
    }, fit);
  }

  /** The program's own values and those of an earlier fit. */
  get #given(): readonly Float64Array[] {
    return this.#earlier === undefined ? [this.#start] : [this.#earlier, this.#start];
  }

  get #best(): Fit {
    return this.#found[0] as Fit;
  }

  #keep(fits: readonly Fit[]): Fit {
    this.#found = fits;
    return this.#best;
  }

  #needsSearch(): boolean {
    const { nonlinear, conditional } = this.#model;
    if (conditional.length === 0) return this.#found.length > 1;
    return nonlinear.length > this.#thresholds.length || this.#thresholds.length > 2;
  }

  #quickFits(): readonly Fit[] {
    const model = this.#model;
    const sample = this.#sample;
    const given = this.#earlier ?? this.#start;
    if (model.nonlinear.length === 0) return [sample.project(given, ROUGH)];
    for (let attempt = 0; attempt <= this.#settings.jitteredStarts; attempt++) {
      const start = attempt === 0 ? given : jitter(given, model.nonlinear, this.#random.split('quick', attempt));
      const fits = model.conditional.length > 0 ? this.#quickThresholds(start) : this.#quickSmooth(start);
      if ((fits[0] as Fit).cost < Number.POSITIVE_INFINITY) return fits;
    }
    return [{ constants: given, cost: Number.POSITIVE_INFINITY }];
  }

  #quickThresholds(start: Float64Array): readonly Fit[] {
    const asGiven = this.#sample.project(start, ROUGH);
    return ranked([asGiven, ...gridSearch(this.#sample, this.#thresholds, start, KEEP)]).slice(0, KEEP);
  }

  #quickSmooth(start: Float64Array): readonly Fit[] {
    const sample = this.#sample;
    const scaled = [...scaledStarts(this.#model, start, sample.rows), ...kneeStarts(this.#knees, start)];
    const nearest = ranked(sample.projectAll([start, sample.rescaled(start), ...scaled], ROUGH));
    const followed = nearest.slice(0, scaled.length === 0 ? 1 : KEEP);
    return ranked(followed.map(({ constants }) => sample.descend(constants, ITERATIONS.screen, 1e-3))).slice(0, 1);
  }

  #finishSmooth(): Fit {
    return this.#bestOf(this.#found.map(({ constants }) => this.#polish(constants)));
  }

  #finishThresholds(): Fit {
    const onAllRows = ranked(
      this.#train.projectAll([...this.#given, ...this.#found.map(({ constants }) => constants)], ROUGH),
    );
    const step = gridStep(this.#thresholds.length);
    const refined = onAllRows.slice(0, KEEP).map((fit) => refineThresholds(this.#train, this.#thresholds, fit, step));
    let fit = this.#polish(this.#bestOf(refined).constants);
    // Other constants that have moved may have moved the best thresholds too.
    for (let round = 0; round < this.#effort.rounds; round++) {
      const next = this.#polish(refineThresholds(this.#train, this.#thresholds, fit, step).constants);
      if (!(next.cost < fit.cost * (1 - this.#effort.settled))) return this.#bestOf([fit, next]);
      fit = next;
    }
    return fit;
  }

  #searched(from: Fit): Fit {
    const evaluations = this.#effort.evaluations * this.#settings.searchEvaluations * this.#model.nonlinear.length;
    return searchNonlinear(this.#sample, this.#thresholds, from, evaluations, this.#random.split('search'));
  }

  /** Descent over all constants on all rows, then the linear ones once more in closed form; no step back. */
  #polish(constants: Float64Array): Fit {
    const { iterations, tolerance, linear } = this.#effort;
    const start = { constants, cost: this.#train.cost(constants) };
    const smooth = this.#model.nonlinear.length > this.#thresholds.length;
    const descended = smooth ? this.#train.descend(constants, iterations, tolerance) : start;
    const best = this.#bestOf([start, descended]);
    return this.#bestOf([best, this.#train.project(best.constants, linear)]);
  }

  #bestOf(fits: readonly Fit[]): Fit {
    return ranked(fits)[0] as Fit;
  }
}
