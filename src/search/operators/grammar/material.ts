import type { ResidualTerm } from '../../../evaluate/index.ts';
import { median } from '../../../numeric/index.ts';
import {
  evaluateNodes,
  type FeatureInfo,
  type FeatureTable,
  interpret,
  type IrNode,
  isBoolean,
  type Program,
  spreadOf,
  withReductions,
} from '../../../program/index.ts';
import { withFittedStarts } from '../../fitted-starts.ts';
import type { Individual } from '../../individual.ts';

/** A parent as the mutations see it. */
export interface Material {
  readonly id: string;
  /** With its fitted constants as start values. */
  readonly program: Program;
  /** Value of every node on a typical row. */
  readonly values: Float64Array;
  /** Correlation of the relative residual with each feature, by name: positive where the program should grow more with it. */
  readonly residuals: ReadonlyMap<string, number>;
  /** Terms that it lacks, as a linear step told when it was evaluated. */
  readonly missing: readonly ResidualTerm[];
  /** Constants that the data of most groups does not tell from 0. */
  readonly idle: ReadonlySet<string>;
}

/** A value that is typical of a feature where it is not 0. */
export function typicalOf(feature: FeatureInfo): number {
  const values = spreadOf(feature).filter((value) => value !== 0);
  return values[(values.length - 1) >> 1] ?? 1;
}

function rowOf(features: FeatureTable, value: (feature: FeatureInfo) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(features.map((feature) => [feature.name, value(feature)]));
}

/** A value that is typical of each feature. */
function typicalValues(features: FeatureTable): Readonly<Record<string, number>> {
  return rowOf(features, typicalOf);
}

function startsOf(program: Program): Readonly<Record<string, number>> {
  return Object.fromEntries(program.constants.map(({ name, start }) => [name, start]));
}

/** Whether a program has a value where every feature is at its smallest, typical and at its largest. */
export function isFiniteOnRange(program: Program, features: FeatureTable): boolean {
  const constants = startsOf(program);
  const all = withReductions(features, program.graph);
  const rows = [rowOf(all, ({ range }) => range[0]), typicalValues(all), rowOf(all, ({ range }) => range[1])];
  return rows.every((row) => interpret(program.graph, { features: row, constants }).every(Number.isFinite));
}

function idleConstants({ program, evaluation }: Individual): ReadonlySet<string> {
  const isIdle = (name: string): boolean => {
    const significance = evaluation.fits.map(({ constants, standardErrors }) => {
      const error = standardErrors[name];
      return error === null || error === undefined ? 0 : Math.abs(constants[name] ?? 0) / error;
    });
    return significance.length > 0 && !(median(significance) > 2);
  };
  return new Set(program.constants.map(({ name }) => name).filter(isIdle));
}

/** What is known of a parent beside its program. */
type Knowledge = Pick<Material, 'id' | 'residuals' | 'missing' | 'idle'>;

/** A program on its way through several mutations keeps what is known of the parent. */
export function withProgram(known: Knowledge, program: Program, features: FeatureTable): Material {
  const inputs = {
    features: typicalValues(withReductions(features, program.graph)),
    constants: startsOf(program),
  };
  const { id, residuals, missing, idle } = known;
  return { id, program, values: evaluateNodes(program.graph, inputs), residuals, missing, idle };
}

/** What was prepared for the features of a run: a parent is drawn many times in a generation. */
const PREPARED = new WeakMap<FeatureTable, WeakMap<Individual, Material>>();

/** Prepares an individual for mutation. */
export function prepare(individual: Individual, features: FeatureTable): Material {
  const ofRun = PREPARED.get(features) ?? new WeakMap<Individual, Material>();
  PREPARED.set(features, ofRun);
  const material = ofRun.get(individual) ?? prepared(individual, features);
  ofRun.set(individual, material);
  return material;
}

function prepared(individual: Individual, features: FeatureTable): Material {
  const residuals = new Map(individual.evaluation.residualCorrelations.map(({ feature, r }) => [feature, r]));
  return withProgram(
    {
      id: individual.id,
      residuals,
      missing: individual.evaluation.residualTerms ?? [],
      idle: idleConstants(individual),
    },
    withFittedStarts(individual),
    features,
  );
}

/** Indices of the nodes that are numbers and not literals: where another expression may stand. */
export function numericSites({ program }: Material): readonly number[] {
  return program.graph.nodes.flatMap((node, i) => (isBoolean(node) || node.kind === 'number' ? [] : [i]));
}

/** Whether one of the constants is at or below a node. */
export function reaches(nodes: readonly IrNode[], node: number, wanted: ReadonlySet<string>): boolean {
  const stack = [node];
  const seen = new Set<number>();
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    if (seen.has(i)) continue;
    seen.add(i);
    const at = nodes[i] as IrNode;
    if (at.kind === 'constant' && wanted.has(at.name)) return true;
    if (at.kind === 'op') stack.push(...at.args);
  }
  return false;
}
