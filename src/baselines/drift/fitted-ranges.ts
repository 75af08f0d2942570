import { concatColumns, quantileOfSorted } from '../../numeric/index.ts';
import { computeFeatures, type ContextSource, everyFeature, kvTokensOf } from '../../physics/index.ts';
import { measure, type Program } from '../../program/index.ts';
import { featureColumns } from '../feature-columns.ts';
import type { StepRows } from '../rows.ts';

/** Values of a feature in the rows that constants were fitted on. */
export interface FittedRange {
  /** Its name. */
  readonly feature: string;
  /** Smallest value. */
  readonly least: number;
  /** Half a per cent of the rows lie below. */
  readonly low: number;
  /** Half a per cent of the rows lie above. */
  readonly high: number;
  /** Largest value. */
  readonly most: number;
  /** How the rows lie in it; exports of before do not know it. */
  readonly support?: RangeSupport | undefined;
}

/** Where rows lie between the smallest and the largest value of a feature: a single wild row can be all that one end has. */
export interface RangeSupport {
  /** All of them. */
  readonly rows: number;
  /** Half of them lie below. */
  readonly median: number;
  /** Those in the lowest tenth of the width. */
  readonly lowestTenth: number;
  /** Those in the highest tenth of the width. */
  readonly highestTenth: number;
}

/** What a batch is made of, whether or not the program looks at it: one that never saw a long prompt does not know what it costs. */
const BATCH_FIGURES = ['prefillTokens', 'decodeTokens', 'requests', 'kvTokens'] as const;
/** Share of the rows below the range, and above it: what hardly any row supports is no range. */
const TAIL = 0.005;
/** Share of the width of a range by which a value may lie beside it. */
const SLACK = 0.1;
/** Relative, for features that have one value. */
const ROUNDING = 1e-9;

type Columns = Readonly<Record<string, Float64Array>>;

/** The features that tell whether a row lies where the program was fitted: those that it reads, and what a batch is made of. */
export function rangeColumns(program: Program, rows: StepRows): Columns {
  const { steps, context, contexts } = rows;
  const hasContext = contexts !== undefined || kvTokensOf(steps, context.blockSize).every(Number.isFinite);
  const figures = BATCH_FIGURES.filter((name) => name !== 'kvTokens' || hasContext);
  return { ...computeFeatures(steps, context, figures, contexts), ...featureColumns(program.graph, rows) };
}

/** The features that a program reads and that some rows cannot give: of another kind of contexts, or not recorded. */
export function unknownFeatures(program: Program, rows: StepRows, contexts: ContextSource): readonly string[] {
  const known = new Set<string>(everyFeature(contexts).map(({ name }) => name));
  const read = measure(program).features;
  const foreign = read.filter((name) => !known.has(name) && !(name.includes('(') && rows.requests !== undefined));
  if (foreign.length > 0) return foreign;
  const columns = featureColumns(program.graph, rows);
  return read.filter((name) => columns[name]!.every(Number.isNaN));
}

/** Ranges over some rows; a feature that is not known in all of them has none. */
export function fittedRanges(program: Program, parts: readonly StepRows[]): readonly FittedRange[] {
  const columns = parts.map((part) => rangeColumns(program, part));
  return Object.keys(columns[0] ?? {}).flatMap((feature) => {
    const own = columns.flatMap(({ [feature]: column }) => (column === undefined ? [] : [column]));
    const sorted = concatColumns(own).sort();
    if (own.length < columns.length || sorted.length === 0 || !sorted.every(Number.isFinite)) return [];
    const [low, high] = [quantileOfSorted(sorted, TAIL), quantileOfSorted(sorted, 1 - TAIL)];
    return [{ feature, least: sorted[0]!, low, high, most: sorted.at(-1)!, support: supportOf(sorted) }];
  });
}

function supportOf(sorted: Float64Array): RangeSupport {
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const tenth = (most - least) / 10;
  return {
    rows: sorted.length,
    median: quantileOfSorted(sorted, 0.5),
    lowestTenth: sorted.filter((value) => value <= least + tenth).length,
    highestTenth: sorted.filter((value) => value >= most - tenth).length,
  };
}

/** From where to where a value lies in a range, or so near that it is no extrapolation. */
export function boundsOf({ low, high }: FittedRange): readonly [least: number, most: number] {
  const slack = Math.max(SLACK * (high - low), ROUNDING * Math.max(Math.abs(low), Math.abs(high)));
  return [low - slack, high + slack];
}

/** Tells of a value whether it lies in a range, or so near that it is no extrapolation. */
export function isInRange(range: FittedRange, value: number): boolean {
  const [least, most] = boundsOf(range);
  return value >= least && value <= most;
}
