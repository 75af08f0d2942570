import { buildTable, contextSource, type Dataset, type TargetName } from '../../data/index.ts';
import type { GroupFit, Scope } from '../../evaluate/index.ts';
import { createRandom } from '../../numeric/index.ts';
import { FEATURES } from '../../physics/index.ts';
import { type Program, withReductions } from '../../program/index.ts';
import { type LabelledRows, openRows, replayedRows, someLabelledRows } from '../rows.ts';
import { explainedRows, type ExplainedRows, thirdsByGroup } from './explained-rows.ts';
import { type FeatureImportance, featureImportance } from './importance.ts';
import { BATCH_REGIMES, type BatchRegime, REGIME_MEANINGS } from './regimes.ts';
import { type ComponentResiduals, type RegimeResiduals, residualsByComponent, residualsByRegime } from './residuals.ts';
import { type FoundSign, foundSigns } from './signs.ts';
import { type TermShares, termShares } from './term-shares.ts';

/** What a program's times are made of, and where they are off. Training and validation rows; test rows stay closed. */
export interface Explanation {
  /** Those that are looked at; at most some thousand of an experiment, evenly spread. */
  readonly rows: number;
  /** Ids of the experiments whose rows are batches of a replay: their steps were not measured, and no residual is of them. */
  readonly replayed: readonly string[];
  /** The regimes that have rows. */
  readonly regimes: readonly {
    /** Kind of batches. */
    readonly regime: BatchRegime;
    /** Which rows are of it. */
    readonly meaning: string;
    /** How many there are. */
    readonly rows: number;
  }[];
  /** The summands of the program, each followed by its parts. */
  readonly terms: readonly TermShares[];
  /** Of the features that it reads, the most important first; empty where no steps were measured. */
  readonly importance: readonly FeatureImportance[];
  /** What the time does where something grows. */
  readonly signs: readonly FoundSign[];
  /** Residuals by regime. */
  readonly residuals: {
    /** Training rows. */
    readonly train: readonly RegimeResiduals[];
    /** Validation rows. */
    readonly valid: readonly RegimeResiduals[];
  };
  /** Residuals by component, training and validation rows together. */
  readonly components: readonly ComponentResiduals[];
}

/** What is to be explained. */
interface ExplanationInput {
  readonly dataset: Dataset;
  readonly target: TargetName;
  readonly program: Program;
  /** Constants to predict with. */
  readonly fits: readonly Pick<GroupFit, 'group' | 'constants'>[];
  readonly scope: Scope;
}

/** Rows of an experiment's split that are looked at; neighbours are nearly copies of each other. */
const MOST_ROWS = 4000;
/** Seeds the shuffling, so that figures are the same each time. */
const SEED = 1;

/** Takes a program apart over the rows that it was fitted on and chosen by. */
export function explainProgram({ dataset, target, program, fits, scope }: ExplanationInput): Explanation {
  const open = (split: 'train' | 'valid'): readonly LabelledRows[] => openRows(dataset, target, split).map(thinned);
  const [train, valid] = [open('train'), open('valid')];
  const replays = (['train', 'valid'] as const).flatMap((split) => replayedRows(dataset, target, split));
  const thirds = thirdsByGroup([...train, ...valid, ...replays], scope);
  const explain = (parts: readonly LabelledRows[]): readonly ExplainedRows[] =>
    explainedRows(program, fits, scope, parts, thirds);
  const [trained, validated, replayed] = [explain(train), explain(valid), explain(replays)];
  const measured = [...trained, ...validated];
  const all = [...measured, ...replayed];
  const { features } = buildTable(dataset, { target, splits: ['train', 'valid'] });
  const known = withReductions(features, program.graph);
  const components = FEATURES.filter(
    ({ kind, name }) => kind === 'component' && known.some((own) => own.name === name),
  );
  return {
    rows: all.reduce((sum, { p }) => sum + p.length, 0),
    replayed: [...new Set(replayed.map(({ rows }) => rows.experiment.id))],
    regimes: BATCH_REGIMES.map((regime) => ({
      regime,
      meaning: REGIME_MEANINGS[regime],
      rows: all.reduce((sum, { p, isIn }) => sum + p.filter((_, row) => isIn[regime](row)).length, 0),
    })).filter(({ rows }) => rows > 0),
    terms: termShares(program, all),
    importance:
      validated.length === 0 ? [] : featureImportance(program, validated, known, createRandom(SEED).split('explain')),
    signs: foundSigns(program, all, known, contextSource(dataset)),
    residuals: { train: residualsByRegime(trained), valid: residualsByRegime(validated) },
    components: residualsByComponent(
      measured,
      known,
      components.map(({ name }) => name),
    ),
  };
}

function thinned(part: LabelledRows): LabelledRows {
  const n = part.y.length;
  if (n <= MOST_ROWS) return part;
  return someLabelledRows(
    part,
    Int32Array.from({ length: MOST_ROWS }, (_, at) => Math.floor((at * n) / MOST_ROWS)),
  );
}
