import type { RegressionTable, SplitName } from '../data/index.ts';
import { createRandom, mean, type RowRange } from '../numeric/index.ts';
import { constantInfos, type FeatureTable, type Program } from '../program/index.ts';
import {
  classifyFailure,
  type ColumnTable,
  type HostName,
  Model,
  Sandbox,
  sandboxBytes,
  sandboxHost,
} from '../kernel/index.ts';
import type { ConstantBounds } from './bounds.ts';
import { residualCorrelations } from './correlations.ts';
import { DraftScorer } from './drafts/draft-scorer.ts';
import { RowSetFitter } from './row-set-fitter.ts';
import { checkKernel, checkPredictions, type FittedGroup, invariantFigures } from './checks.ts';
import { meanBlocks } from './block-errors.ts';
import { judgedTable } from './entries.ts';
import { floorFigures, joinFloors } from './floor-figures.ts';
import { heldOutPredictions, type HoldOutFold, holdOutFolds } from './hold-out.ts';
import { type GroupLayout, type Layout, layoutTable } from './layout.ts';
import { type RowSetData, type GroupData, groupData, LOSS_SCHEDULE } from './loss.ts';
import { objectiveError } from './objectives.ts';
import { precheck, reject } from './precheck.ts';
import { type Heat, outraced } from './race.ts';
import { ReductionColumns } from './reductions.ts';
import { GroupRefit } from './refit.ts';
import { ResidualTerms } from './residual-terms/residual-terms.ts';
import { Scoring } from './scoring.ts';
import { screenErrors } from './screen.ts';
import type { EvaluateSettings } from './settings.ts';
import { standardErrors } from './standard-errors.ts';
import { type TargetRange, targetRange } from './target-range.ts';
import type {
  Candidate,
  Draft,
  DraftScore,
  Evaluation,
  ExperimentMetrics,
  GroupFit,
  GroupStarts,
  Rejected,
} from './types.ts';

const HEATS: readonly Heat[] = ['explore', 'search', 'widen'];

/** Where a constant leaves less than this share open, programs that do too are as good: a quick fit tells no more. */
const RESOLUTION = 1e-3;

/** After so many programs the sandbox is replaced. */
const MODELS_PER_SANDBOX = 200;

/**
 * Evaluates programs one at a time on a table, in this process. Between programs nothing is kept but columns that nobody
 * writes to, so no result depends on what was evaluated before.
 */
export class ProgramEvaluator {
  readonly #settings: EvaluateSettings;
  readonly #layout: Layout;
  readonly #groups: readonly GroupData[];
  readonly #rowSets: readonly RowSetData[];
  /** Of the one group of scope `global`. */
  readonly #folds: readonly (readonly HoldOutFold[])[];
  readonly #scoring: Scoring;
  readonly #reductions: ReductionColumns;
  readonly #residualTerms: ResidualTerms;
  /** What a sandbox holds. */
  readonly #columns: ColumnTable;
  readonly #host: HostName;
  /** Size of the memory that kernels work in. */
  readonly sandboxBytes: number;
  #sandbox: Sandbox | undefined;
  /** Programs that the sandbox has served. */
  #models = 0;
  readonly #targets: TargetRange;
  readonly #features: FeatureTable;
  /** Made when drafts come first. */
  #drafts: DraftScorer | undefined;

  /** Throws a UserError where the rows do not fit into a sandbox. */
  constructor(all: RegressionTable, settings: EvaluateSettings, host: HostName = sandboxHost()) {
    const table = judgedTable(all, settings.objective);
    this.#settings = settings;
    this.#layout = layoutTable(table, settings, createRandom(settings.seed));
    this.#targets = targetRange(table.y);
    this.#features = table.features;
    this.#groups = this.#layout.groups.map((group) => groupData(this.#layout, group, settings.requestWeights));
    const { holdOut, requestWeights } = settings;
    const [whole] = this.#layout.groups;
    this.#folds =
      holdOut === undefined || whole === undefined
        ? []
        : holdOut.map((by) => holdOutFolds(table, this.#layout, whole, by, requestWeights));
    const folds = this.#folds.flat().map(({ data }) => data);
    const ofGroups = this.#groups.flatMap(({ sample, middle, penalised, train }) => {
      return [...new Set([sample, ...(middle === undefined ? [] : [middle]), penalised, train])];
    });
    this.#rowSets = [...ofGroups, ...folds];
    this.#scoring = new Scoring(table, this.#layout, settings.requestWeights);
    this.#host = host;
    const observed = [...this.#groups.map(({ train }) => train), ...folds];
    const ofRequests = observed.reduce((sum, data) => sum + (data.observed?.bytes ?? 0), 0);
    this.#reductions = new ReductionColumns(table, this.#layout);
    this.#residualTerms = new ResidualTerms(this.#layout, settings.objective);
    this.#columns = { ...this.#layout, spareColumns: this.#reductions.most };
    this.sandboxBytes =
      sandboxBytes(this.#columns, this.#rowSets, this.#maxRoots) +
      ofRequests +
      this.#reductions.bytes +
      this.#residualTerms.bytes;
  }

  /** Terms that were scored so far against the residuals of programs, each by a linear step in all groups. */
  get scoredTerms(): number {
    return this.#residualTerms.scored;
  }

  evaluate(candidate: Candidate): Evaluation {
    const { program } = candidate;
    const table = this.#reductions.tableFor(program);
    const rejected = precheck(program, table.features, this.#settings, this.#targets, table, candidate.mayBeConstant);
    if (rejected !== undefined) return rejected;
    const endless = this.#reductions.notFinite(program);
    if (endless !== undefined) return reject('not-finite', `batch.${endless} has no finite value for some batches`);
    return this.#withModel(program, (model) => this.#evaluateModel(model, candidate));
  }

  scoreDrafts(drafts: readonly Draft[]): readonly (DraftScore | undefined)[] {
    this.#drafts ??= new DraftScorer({
      layout: this.#layout,
      reductions: this.#reductions,
      objective: this.#settings.objective,
      weightOf: (experiment) => this.#scoring.weightOf(experiment),
    });
    const scorer = this.#drafts;
    return drafts.map((draft) => scorer.score(draft));
  }

  score(program: Program, fits: readonly GroupFit[], split: SplitName): readonly ExperimentMetrics[] {
    return this.#withModel(program, (model) => {
      const fitted = this.#layout.groups.map((group): FittedGroup => {
        return { group, constants: constantsOf(model, group, fits) };
      });
      return this.#scoring.metrics(
        this.#predict(model, fitted, (group) => [group[split].rows]),
        split,
      );
    }).map(({ metrics }) => metrics);
  }

  #withModel<T>(program: Program, use: (model: Model) => T): T {
    const sandbox = this.#freshSandbox();
    try {
      sandbox.lend(this.#reductions.lentTo(program));
      const model = new Model(program, sandbox);
      const result = use(model);
      model.dispose();
      return result;
    } catch (error) {
      const isUsed = this.#models > 1;
      // What state a sandbox is in after a time-out or without memory nobody knows.
      this.dispose();
      // The memory may have gone to the programs before this one.
      if (isUsed && classifyFailure(error).reason === 'memory') return this.#withModel(program, use);
      throw error;
    }
  }

  /** The value and a derivative for each constant. */
  get #maxRoots(): number {
    return this.#settings.caps.constants + 1;
  }

  /** The sandbox stays for many programs, since making one costs more than compiling a program; not for ever, as code adds up. */
  #freshSandbox(): Sandbox {
    if (this.#models === MODELS_PER_SANDBOX) this.dispose();
    this.#sandbox ??= new Sandbox(this.#columns, this.#rowSets, this.#maxRoots, this.#settings, this.#host);
    this.#models++;
    return this.#sandbox;
  }

  dispose(): void {
    this.#sandbox?.dispose();
    this.#sandbox = undefined;
    this.#models = 0;
  }

  #evaluateModel(model: Model, { stream, limit = Number.POSITIVE_INFINITY, fits, starts = [] }: Candidate): Evaluation {
    const random = createRandom(this.#settings.seed).split('candidate', ...stream);
    const infos = constantInfos(model.program, this.#features);
    const refits = this.#layout.groups.map((group, i) => {
      const data = this.#groups[i] as GroupData;
      const earlier = fits === undefined ? undefined : constantsOf(model, group, fits);
      const own = constantsOf(model, group, starts).map((value, k) => (Number.isNaN(value) ? model.start[k]! : value));
      return new GroupRefit(model, data, this.#settings, random.split('refit', group.name), { own, earlier, infos });
    });
    const screened = this.#screen(model, refits);
    if (screened !== undefined) return screened;

    const lost = this.#race(model, refits, limit);
    if (lost !== undefined) return lost;

    const fitted = this.#fit('finish', refits);
    const p = this.#predict(model, fitted, (group) => [
      group.train.rows,
      group.valid.rows,
      group.probes,
      ...boundedRows(group),
    ]);
    const layout = this.#reductions.layoutFor(model.program);
    const unfit = checkPredictions(this.#layout, p) ?? checkKernel(model, layout, fitted, p);
    if (unfit !== undefined) return unfit;

    const train = this.#scoring.metrics(p, 'train');
    const valid = this.#scoring.metrics(p, 'valid');
    const floors = this.#layout.groups.flatMap(({ penalised }) => penalised.floor ?? []);
    const floor = joinFloors(floors.map((rows) => floorFigures(rows, p)));
    const shortfall = floor?.error ?? 0;
    const { objective } = this.#settings;
    const ownError = objectiveError(objective, train) + shortfall;
    const heldOut = this.#heldOut(model, fitted, refits);
    const isOwn = heldOut.length === 0;
    const error = isOwn
      ? ownError
      : mean(heldOut.map((each) => this.#scoring.trainingError(each, objective))) + shortfall;
    const validErrors = isOwn ? [valid] : heldOut.map((each) => this.#scoring.metrics(each, 'valid'));
    return {
      status: 'ok',
      error,
      ...(!isOwn && { ownError }),
      validationError: mean(validErrors.map((each) => objectiveError(objective, each))) + shortfall,
      fits: fitted.map(({ group, constants }, i) =>
        this.#groupFit(model, group, this.#groups[i] as GroupData, constants, (refits[i] as GroupRefit).bounds),
      ),
      metrics: { train: train.map(({ metrics }) => metrics), valid: valid.map(({ metrics }) => metrics) },
      validationBlocks: meanBlocks(
        (isOwn ? [p] : heldOut).map((each) => this.#scoring.validationBlocks(each, objective)),
      ),
      residualCorrelations: residualCorrelations(this.#layout, p),
      // Of programs that may become parents.
      ...(error <= limit && {
        residualTerms: this.#residualTerms.missing(
          model,
          fitted.map(({ constants }, i) => ({ constants, bounds: (refits[i] as GroupRefit).bounds })),
        ),
      }),
      invariants: invariantFigures(model, layout, fitted, p),
      ...(floor && { floor }),
    };
  }

  /** For each way of holding out the predictions of each part with constants that saw nothing of it. */
  #heldOut(model: Model, fitted: readonly FittedGroup[], refits: readonly GroupRefit[]): readonly Float64Array[] {
    const { group, constants } = fitted[0] as FittedGroup;
    const refit = refits[0] as GroupRefit;
    return this.#folds.map((folds) => heldOutPredictions(model, group, folds, refit, constants, this.#layout.rowCount));
  }

  #fit(stage: Heat | 'finish', refits: readonly GroupRefit[]): readonly FittedGroup[] {
    return this.#layout.groups.map((group, i) => ({ group, constants: (refits[i] as GroupRefit)[stage]().constants }));
  }

  /** All stages of the refit but the last, as long as the program is in the race. */
  #race(model: Model, refits: readonly GroupRefit[], limit = Number.POSITIVE_INFINITY): Rejected | undefined {
    const { objective } = this.#settings;
    let before: readonly FittedGroup[] = [];
    let error = 0;
    // Until they widen, fits go by the steps of a schedule where requests were observed.
    const hasRequests = this.#groups.some(({ penalised }) => penalised.observed !== undefined);
    for (const heat of HEATS) {
      const fitted = this.#fit(heat, refits);
      if (limit === Number.POSITIVE_INFINITY || (hasRequests && heat !== 'widen')) continue;
      if (fitted.some(({ constants }, i) => constants !== before[i]?.constants)) {
        const p = this.#predict(model, fitted, (group) => [group.train.rows]);
        error = this.#scoring.trainingError(p, objective);
      }
      const lost = outraced(objective, heat, error, limit);
      if (lost !== undefined) return lost;
      before = fitted;
    }
    return undefined;
  }

  /** Compares a quick fit with the best constant on the subsample, groups weighted by their experiments. */
  #screen(model: Model, refits: readonly GroupRefit[]): Rejected | undefined {
    let error = 0;
    let constantError = 0;
    for (const [i, group] of this.#layout.groups.entries()) {
      const { constants, cost } = (refits[i] as GroupRefit).screen();
      if (!Number.isFinite(cost)) return reject('not-finite', `no start gives finite predictions for ${group.name}`);
      const p = model.predict(constants, group.sample.rows);
      const weight = group.sample.parts.reduce((sum, part) => sum + this.#scoring.weightOf(part.experiment), 0);
      const errors = screenErrors(this.#layout, group.sample, (row) => p[row] as number);
      error += weight * errors.error;
      constantError += weight * errors.constant;
    }
    const ratio = error / Math.max(constantError, RESOLUTION);
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

  #groupFit(
    model: Model,
    group: GroupLayout,
    data: GroupData,
    constants: Float64Array,
    { lower, upper }: ConstantBounds,
  ): GroupFit {
    const fitter = new RowSetFitter(model, data.train, LOSS_SCHEDULE[this.#settings.objective]);
    const errors = standardErrors(fitter, constants);
    return {
      group: group.name,
      constants: Object.fromEntries(model.names.map((name, i) => [name, constants[i] as number])),
      standardErrors: Object.fromEntries(model.names.map((name, i) => [name, errors[i] ?? null])),
      bounds: Object.fromEntries(model.names.map((name, i) => [name, [finite(lower[i]), finite(upper[i])]])),
    };
  }
}

function boundedRows({ penalised: { floor } }: GroupLayout): readonly RowRange[] {
  return floor === undefined ? [] : [floor.grid, floor.pairs];
}

/** The constants of a group in the order of the model's names; NaN where the fits lack one. */
function constantsOf(model: Model, { name }: GroupLayout, fits: readonly GroupStarts[]): Float64Array {
  const fit = fits.find(({ group }) => group === name);
  return Float64Array.from(model.names, (constant) => fit?.constants[constant] ?? Number.NaN);
}

/** JSON has no infinity. */
function finite(bound: number | undefined): number | null {
  return bound !== undefined && Number.isFinite(bound) ? bound : null;
}
