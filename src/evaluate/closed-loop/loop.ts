import {
  buildTable,
  type ClientOverheads,
  type Dataset,
  type Experiment,
  NO_OVERHEADS,
  type RegressionTable,
  replayWith,
  servingContext,
  type SplitName,
  withReductionColumns,
} from '../../data/index.ts';
import type { ContextSource, ServingContext } from '../../physics/index.ts';
import { GivenPasses, type LossForm, type NormalSums } from '../../kernel/index.ts';
import type { LeastSquaresProblem, RowRange } from '../../numeric/index.ts';
import { differentiate, evaluateColumns, type Graph, type Program, reductionsOf } from '../../program/index.ts';
import { programStepTime, type StepTime } from '../../serving/index.ts';
import { LOSS_SCHEDULE, rowSetData, type RowSetData } from '../loss.ts';
import { storedBlocks } from '../block-errors.ts';
import { blockErrors, experimentMetrics, objectiveError, type WeightedMetrics } from '../objectives.ts';
import { ObservedLoss, overheadsOf, type PartWithRequests } from '../observed-loss.ts';
import { observedBlockErrors, observedMetrics } from '../observed-metrics.ts';
import { LoopFloor } from './loop-floor.ts';
import { closedLoop, type ClosedLoop } from './simulate.ts';
import { observedPart, predictObserved, requestCount, type RequestWeights, rowsNeeded } from '../observed-part.ts';
import type { BlockErrors, FloorFigures } from '../types.ts';

/** Overheads that are fitted beside the constants: of a request, and of a token. */
export const OVERHEADS = 2;

/**
 * The size that overheads usually have, µs: of the order of what the simulator's shipped model has (15.6 ms and 46 µs). A weak
 * prior holds those that the latencies cannot tell near 0; of ten times the size it costs as much as a bias of all means of 10 %.
 */
export const USUAL_OVERHEADS = { requestUs: 20_000, tokenUs: 100 } as const;
const PRIOR_WEIGHT = 1e-3;

/** What a program's closed loop is made of. */
export interface LoopData {
  readonly dataset: Dataset;
  /** How the program's features know the contexts of requests. */
  readonly contexts: ContextSource;
  readonly requestWeights: RequestWeights;
  /** Whether constants go by the physical floor of batches that no client asks for. */
  readonly floor: boolean;
}

/** Errors of an experiment, and the same in blocks of time. */
export interface LoopMetrics extends WeightedMetrics {
  readonly blocks: BlockErrors;
}

/** What came of serving the requests with some constants. */
interface Outcome {
  /** Constants and overheads. */
  readonly at: Float64Array;
  /** The batches that were made, and what was measured over them; recorded steps as they are. */
  readonly table: RegressionTable;
  /** Predicted time of each row, and its derivatives by the constants. */
  readonly roots: readonly Float64Array[];
  readonly sums: NormalSums;
}

/**
 * A program in closed loop with the clients of some experiments that share its constants, as a problem of least squares. The cost
 * is that of the latencies which come out when the requests are served; its derivatives are those of the sums over the
 * batches that were made, as if other constants made the same ones. So a step may lead astray, which shows in the cost.
 *
 * Parameters are the constants, then `requestUs` and `tokenUs` of the clients. Recorded steps take part as they do in any fit.
 */
export class Loop implements LeastSquaresProblem {
  readonly size: number;
  /** Replays so far. */
  rounds = 0;
  /** Errors of the latencies at the points that were stepped to, by the objective `replay`. */
  readonly course: number[] = [];
  readonly #program: Program;
  readonly #names: readonly string[];
  readonly #graph: Graph;
  readonly #experiments: readonly Experiment[];
  readonly #data: LoopData;
  readonly #form: LossForm;
  #last: Outcome | undefined;
  #floor: LoopFloor | undefined;

  constructor(program: Program, experiments: readonly Experiment[], data: LoopData) {
    this.#program = program;
    this.#names = program.constants.map(({ name }) => name);
    this.#graph = differentiate(program);
    this.#experiments = experiments;
    this.#data = data;
    this.#form = LOSS_SCHEDULE.replay.at(-1)!;
    this.size = this.#names.length + OVERHEADS;
  }

  cost(parameters: Float64Array): number {
    return this.#outcome(parameters)?.sums.cost ?? Number.POSITIVE_INFINITY;
  }

  normalEquations(parameters: Float64Array, jtj: Float64Array, jtr: Float64Array): number {
    const sums = this.#outcome(parameters)?.sums;
    if (sums === undefined) return Number.POSITIVE_INFINITY;
    this.course.push(objectiveError('replay', this.metrics(parameters, 'train')));
    jtj.set(sums.jtj);
    jtr.set(sums.jtr);
    return sums.cost;
  }

  parameters(constants: Readonly<Record<string, number>>, { requestUs, tokenUs }: ClientOverheads): Float64Array {
    return Float64Array.of(...this.#names.map((name) => constants[name] ?? Number.NaN), requestUs, tokenUs);
  }

  constants(parameters: Float64Array): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#names.map((name, i) => [name, parameters[i]!]));
  }

  overheads(parameters: Float64Array): Pick<ClientOverheads, 'requestUs' | 'tokenUs'> {
    const [requestUs, tokenUs] = parameters.subarray(this.#names.length);
    return { requestUs: requestUs!, tokenUs: tokenUs! };
  }

  /** Errors of the latencies that come out, and of recorded steps; of experiments that have some in the split. */
  metrics(parameters: Float64Array, split: SplitName): readonly LoopMetrics[] {
    const outcome = this.#outcome(parameters);
    if (outcome === undefined) return [];
    const { table, roots } = outcome;
    const p = roots[0]!;
    return table.experiments.flatMap(({ id, weight, rows }, index): readonly LoopMetrics[] => {
      const observed = observedPart(table, index, split, 0);
      if (observed === undefined) {
        const own = rows[split];
        if (own[0] === own[1]) return [];
        const errors = blockErrors('replay', p, table.y, table.weights.e2e, own);
        const blocks = storedBlocks(weight, own[1] - own[0], errors);
        return [{ metrics: experimentMetrics(id, p, table.y, table.weights, own), weight, blocks }];
      }
      if (observed.y.length === 0) return [];
      const beyond = overheadsOf(observed, this.overheads(parameters));
      const sums = predictObserved(observed, p, table.steps, rowsNeeded(table, index, split));
      const predicted = sums.map((us, i) => us + beyond[i]!);
      const { requestWeights } = this.#data;
      const errors = observedBlockErrors('replay', observed, predicted, requestWeights);
      const blocks = storedBlocks(weight, requestCount(observed), errors);
      return [{ metrics: observedMetrics(id, observed, predicted, requestWeights), weight, blocks }];
    });
  }

  /** How the constants keep to the physical floor; nothing where none is gone by. */
  floorFigures(parameters: Float64Array): FloorFigures | undefined {
    return this.#floor?.figures(this.constants(parameters));
  }

  /** The experiments with a request log, served from its first request on; validation requests are judged. */
  served(parameters: Float64Array): readonly ClosedLoop[] {
    if (this.#outcome(parameters) === undefined) return [];
    const { dataset } = this.#data;
    const constants = this.constants(parameters);
    const overheads = { ...NO_OVERHEADS, ...this.overheads(parameters) };
    return this.#experiments.flatMap((experiment) => {
      if (experiment.requests === undefined) return [];
      const stepTime = this.#stepTime(constants, servingContext(dataset, experiment));
      return closedLoop(dataset, experiment, { stepTime, overheads }, 'valid') ?? [];
    });
  }

  #stepTime(constants: Readonly<Record<string, number>>, context: ServingContext): StepTime {
    return programStepTime(this.#program, constants, context, this.#data.contexts);
  }

  #outcome(parameters: Float64Array): Outcome | undefined {
    if (this.#last !== undefined && isEqual(this.#last.at, parameters)) return this.#last;
    const constants = this.constants(parameters);
    const experiments = this.#served(constants);
    if (experiments === undefined) return undefined;
    const features = new Set(this.#graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])));
    const own = buildTable(
      { ...this.#data.dataset, experiments },
      { target: 'cycle', splits: ['train', 'valid'], features: [...features] },
    );
    if (this.#data.floor) this.#floor ??= new LoopFloor(this.#graph, own, this.size);
    const table = withReductionColumns(own, this.#graph);
    const columns = Object.fromEntries(table.features.map(({ name }, at) => [name, table.columns[at]!]));
    const roots = evaluateColumns(this.#graph, columns, constants, table.y.length);
    const sums = this.#withFloor(this.#sums(table, roots, this.overheads(parameters)), constants);
    if (!Number.isFinite(sums.cost)) return undefined;
    this.#last = { at: parameters.slice(), table, roots, sums };
    return this.#last;
  }

  /** The experiments with the batches that these constants make; undefined where a step would take no time that is a number. */
  #served(constants: Readonly<Record<string, number>>): readonly Experiment[] | undefined {
    this.rounds++;
    const { dataset } = this.#data;
    try {
      return this.#experiments.map((experiment) => {
        const context = servingContext(dataset, experiment);
        const replay = replayWith(experiment, context, {
          stepTime: this.#stepTime(constants, context),
          overheads: NO_OVERHEADS,
          keepBatches: reductionsOf(this.#graph).length > 0,
        });
        return replay === undefined ? experiment : { ...experiment, replay };
      });
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #sums(
    table: RegressionTable,
    roots: readonly Float64Array[],
    overheads: Pick<ClientOverheads, 'requestUs' | 'tokenUs'>,
  ): NormalSums {
    const parts = trainingParts(table);
    const all = parts.map((part): NormalSums => {
      const n = this.#names.length;
      if (part.observed === undefined)
        return this.#recordedSums(rowSetData(table, { rows: part.rows, parts: [part] }), roots);
      const loss = new ObservedLoss([part as PartWithRequests], table.steps, this.#data.requestWeights, 0);
      return loss.sumsWithOverheads(roots, n, this.#form, overheads);
    });
    return all.reduce(added, this.#prior(overheads));
  }

  #withFloor(sums: NormalSums, constants: Readonly<Record<string, number>>): NormalSums {
    return this.#floor === undefined ? sums : added(sums, this.#floor.sums(constants, this.size, this.#form));
  }

  /** That overheads are small: where a queue builds up, a later start of all requests looks like slower steps. */
  #prior({ requestUs, tokenUs }: Pick<ClientOverheads, 'requestUs' | 'tokenUs'>): NormalSums {
    const n = this.size;
    const sums = { cost: 0, jtj: new Float64Array(n * n), jtr: new Float64Array(n) };
    for (const [k, value, scale] of [
      [n - 2, requestUs, USUAL_OVERHEADS.requestUs],
      [n - 1, tokenUs, USUAL_OVERHEADS.tokenUs],
    ] as const) {
      sums.cost += (0.5 * PRIOR_WEIGHT * value ** 2) / scale ** 2;
      sums.jtr[k] = (PRIOR_WEIGHT * value) / scale ** 2;
      sums.jtj[k * n + k] = PRIOR_WEIGHT / scale ** 2;
    }
    return sums;
  }

  /** Of recorded steps, which clients' overheads are no part of. */
  #recordedSums(data: RowSetData, roots: readonly Float64Array[]): NormalSums {
    const passes = new GivenPasses({ ...data, start: 0 }, this.size);
    const rows: RowRange = [data.start, data.start + data.length];
    for (const [k, column] of passes.columns.entries()) if (k < roots.length) column.set(roots[k]!.subarray(...rows));
    return passes.sums(this.size, this.#form);
  }
}

type TrainingPart = Omit<PartWithRequests, 'observed'> & Partial<Pick<PartWithRequests, 'observed'>>;

function trainingParts(table: RegressionTable): readonly TrainingPart[] {
  const parts = table.experiments.flatMap(({ weight }, experiment) => {
    const rows = rowsNeeded(table, experiment, 'train');
    if (rows[0] === rows[1]) return [];
    const observed = observedPart(table, experiment, 'train', 0);
    return [{ experiment, rows, weight, ...(observed && { observed }) }];
  });
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.map(({ weight, ...part }) => ({ ...part, share: weight / total }));
}

function added(a: NormalSums, b: NormalSums): NormalSums {
  const plus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value + y[i]!);
  return { cost: a.cost + b.cost, jtj: plus(a.jtj, b.jtj), jtr: plus(a.jtr, b.jtr) };
}

function isEqual(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
