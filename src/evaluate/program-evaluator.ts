import type { RegressionTable, RowRange, SplitName } from '../data/index.ts';
import { createRandom } from '../numeric/index.ts';
import type { Program } from '../program/index.ts';
import { residualCorrelations } from './correlations.ts';
import { FoldFitter } from './fold-fitter.ts';
import { checksum, countMonotonicityViolations, countNonPositive, isDeterministic } from './invariants.ts';
import { type GroupLayout, type Layout, layoutTable } from './layout.ts';
import { LOSS_SCHEDULE } from './loss.ts';
import { Model } from './model.ts';
import { experimentMetrics, fitness, type WeightedMetrics } from './objectives.ts';
import { precheck, reject } from './precheck.ts';
import { GroupRefit } from './refit.ts';
import { constantMape, foldMape } from './screen.ts';
import type { EvaluateSettings } from './settings.ts';
import { standardErrors } from './standard-errors.ts';
import type { Candidate, Evaluation, ExperimentMetrics, GroupFit, InvariantFigures, Rejected } from './types.ts';

interface FittedGroup {
  readonly group: GroupLayout;
  readonly constants: Float64Array;
}

/**
 * Evaluates programs one at a time on a table, in this process. What a candidate needs (isolate, kernels) is made for it and
 * thrown away after it, so no result depends on what was evaluated before.
 */
export class ProgramEvaluator {
  readonly #table: RegressionTable;
  readonly #settings: EvaluateSettings;
  readonly #layout: Layout;
  readonly #checksum: string;

  constructor(table: RegressionTable, settings: EvaluateSettings) {
    this.#table = table;
    this.#settings = settings;
    this.#layout = layoutTable(table, settings, createRandom(settings.seed));
    this.#checksum = checksum(this.#layout.buffer);
  }

  evaluate({ program, stream }: Candidate): Evaluation {
    const rejected = precheck(program, this.#layout.features, this.#settings);
    if (rejected !== undefined) return rejected;
    return this.#withModel(program, (model) => this.#evaluateModel(model, stream));
  }

  score(program: Program, fits: readonly GroupFit[], split: SplitName): readonly ExperimentMetrics[] {
    return this.#withModel(program, (model) => {
      const fitted = this.#layout.groups.map((group): FittedGroup => {
        const fit = fits.find((candidate) => candidate.group === group.name);
        return { group, constants: Float64Array.from(model.names, (name) => fit?.constants[name] ?? Number.NaN) };
      });
      return this.#metrics(
        this.#predict(model, fitted, (group) => [group[split].rows]),
        split,
      );
    }).map(({ metrics }) => metrics);
  }

  #withModel<T>(program: Program, use: (model: Model) => T): T {
    const model = new Model(program, this.#layout, this.#settings);
    try {
      return use(model);
    } finally {
      model.dispose();
    }
  }

  #evaluateModel(model: Model, stream: Candidate['stream']): Evaluation {
    const random = createRandom(this.#settings.seed).split('candidate', ...stream);
    const refits = this.#layout.groups.map(
      (group) => new GroupRefit(model, this.#layout, group, this.#settings, random.split('refit', group.name)),
    );
    const screened = this.#screen(model, refits);
    if (screened !== undefined) return screened;

    const fitted = this.#layout.groups.map((group, i): FittedGroup => {
      return { group, constants: (refits[i] as GroupRefit).refit().constants };
    });
    const p = this.#predict(model, fitted, (group) => [group.train.rows, group.valid.rows, group.probes]);
    const unfit = this.#checkPredictions(p);
    if (unfit !== undefined) return unfit;

    const train = this.#metrics(p, 'train');
    const valid = this.#metrics(p, 'valid');
    return {
      status: 'ok',
      error: fitness(this.#settings.objective, train),
      validationError: fitness(this.#settings.objective, valid),
      fits: fitted.map(({ group, constants }) => this.#groupFit(model, group, constants)),
      metrics: { train: train.map(({ metrics }) => metrics), valid: valid.map(({ metrics }) => metrics) },
      residualCorrelations: residualCorrelations(this.#layout, p),
      invariants: this.#invariants(model, fitted),
    };
  }

  /** Compares a quick fit with the best constant on the subsample, groups weighted by their experiments. */
  #screen(model: Model, refits: readonly GroupRefit[]): Rejected | undefined {
    let error = 0;
    let constantError = 0;
    for (const [i, group] of this.#layout.groups.entries()) {
      const { constants, cost } = (refits[i] as GroupRefit).screen();
      if (!Number.isFinite(cost)) return reject('not-finite', `no start gives finite predictions for ${group.name}`);
      const p = model.predict(constants, group.sample.rows);
      const weight = group.sample.parts.reduce((sum, part) => sum + this.#weight(part.experiment), 0);
      error += weight * foldMape(this.#layout, group.sample, (row) => p[row] as number);
      constantError += weight * constantMape(this.#layout, group.sample);
    }
    const ratio = error / constantError;
    if (ratio <= this.#settings.screenLimit) return undefined;
    return reject('screen', `after a quick fit the error is ${ratio.toPrecision(3)} times that of the best constant`);
  }

  /** Predictions indexed by row of the layout; NaN where no rows were asked for. */
  #predict(
    model: Model,
    fitted: readonly FittedGroup[],
    rangesOf: (group: GroupLayout) => readonly RowRange[],
  ): Float64Array {
    const p = new Float64Array(this.#layout.rowCount).fill(Number.NaN);
    for (const { group, constants } of fitted) {
      for (const rows of rangesOf(group)) p.set(model.predict(constants, rows).subarray(...rows), rows[0]);
    }
    return p;
  }

  #checkPredictions(p: Float64Array): Rejected | undefined {
    for (const group of this.#layout.groups) {
      for (const [where, rows] of [
        ['training', group.train.rows],
        ['validation', group.valid.rows],
        ['probe', group.probes],
      ] as const) {
        const count = countNonPositive(p, rows);
        if (count === 0) continue;
        const finite = p.subarray(...rows).every((value) => Number.isFinite(value));
        const total = rows[1] - rows[0];
        return finite
          ? reject('not-positive', `${count} of ${total} ${where} rows of ${group.name} are predicted at 0 µs or less`)
          : reject(
              'not-finite',
              `${count} of ${total} ${where} rows of ${group.name} have no finite positive prediction`,
            );
      }
    }
    return undefined;
  }

  #metrics(p: Float64Array, split: SplitName): readonly WeightedMetrics[] {
    return this.#layout.groups
      .flatMap((group) => group[split].parts)
      .sort((a, b) => a.experiment - b.experiment)
      .map(({ experiment, rows }) => ({
        metrics: experimentMetrics(
          this.#table.experiments[experiment]?.id ?? '',
          p,
          this.#layout.y,
          this.#layout.weights,
          rows,
        ),
        weight: this.#weight(experiment),
      }));
  }

  #weight(experiment: number): number {
    return this.#table.experiments[experiment]?.weight ?? 1;
  }

  #groupFit(model: Model, group: GroupLayout, constants: Float64Array): GroupFit {
    const fitter = new FoldFitter(model, this.#layout, group.train, LOSS_SCHEDULE[this.#settings.objective]);
    const errors = standardErrors(fitter, constants);
    return {
      group: group.name,
      constants: Object.fromEntries(model.names.map((name, i) => [name, constants[i] as number])),
      standardErrors: Object.fromEntries(model.names.map((name, i) => [name, errors[i] ?? null])),
    };
  }

  /** Predictions on all rows were found positive before this is called. */
  #invariants(model: Model, fitted: readonly FittedGroup[]): InvariantFigures {
    let violations = 0;
    let pairs = 0;
    let deterministic = true;
    for (const { group, constants } of fitted) {
      const counted = countMonotonicityViolations(model, constants, group);
      violations += counted.violations;
      pairs += counted.pairs;
      deterministic &&= isDeterministic(model, constants, group.train.rows);
    }
    return {
      nonPositive: 0,
      deterministic,
      pure: checksum(this.#layout.buffer) === this.#checksum,
      monotonicityViolations: pairs === 0 ? 0 : violations / pairs,
    };
  }
}
