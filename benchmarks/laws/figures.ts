import type { Figure } from '../figure.ts';
import { median } from '../../src/numeric/index.ts';
import { HIT_R2 } from './judge.ts';
import { type Outcome, type Row, type Searcher, SEARCHERS } from './outcome.ts';
import type { Collection } from './problem.ts';

type Measure = (outcomes: readonly (Outcome | undefined)[]) => number;

const hits: Measure = (outcomes) => outcomes.filter((outcome) => outcome !== undefined && outcome.r2 > HIT_R2).length;
const exact: Measure = (outcomes) => outcomes.filter((outcome) => outcome?.isExact === true).length;

interface Aim {
  readonly collection: Collection;
  readonly noise: number;
  readonly name: string;
  readonly measure: Measure;
  /** Of ours: the least share of searches. */
  readonly share?: number;
}

/** A constant that was fitted to noise is never exact, so that is asked of exact values alone. */
const AIMS: readonly Aim[] = [
  { collection: 'Feynman', noise: 0, name: `R² > ${HIT_R2}`, measure: hits, share: 0.9 },
  { collection: 'Feynman', noise: 0, name: 'exact', measure: exact, share: 0.5 },
  { collection: 'Feynman', noise: 0.01, name: `R² > ${HIT_R2}`, measure: hits },
  { collection: 'Nguyen', noise: 0, name: `R² > ${HIT_R2}`, measure: hits },
  { collection: 'Nguyen', noise: 0, name: 'exact', measure: exact },
  { collection: 'Nguyen', noise: 0.01, name: `R² > ${HIT_R2}`, measure: hits },
  { collection: 'serving', noise: 0, name: `R² > ${HIT_R2}`, measure: hits, share: 17 / 18 },
  { collection: 'serving', noise: 0, name: 'exact', measure: exact, share: 15 / 18 },
  { collection: 'serving', noise: 0.01, name: `R² > ${HIT_R2}`, measure: hits, share: 17 / 18 },
];

/** Ours against pyoperon's, of what scores a program fully or by its linear fit. */
const RATE_SHARE = 0.5;

/** The figures of all searches, ours with targets, then the peer's beside them. */
export function figuresOf(rows: readonly Row[]): readonly Figure[] {
  const counts = SEARCHERS.flatMap((searcher) => AIMS.flatMap((aim) => countOf(rows, aim, searcher)));
  return [...counts, ...ratesOf(rows)];
}

function outcomeOf(row: Row): Outcome | undefined {
  return 'outcome' in row ? row.outcome : undefined;
}

function countOf(
  rows: readonly Row[],
  { collection, noise, name, measure, share }: Aim,
  searcher: Searcher,
): readonly Figure[] {
  const of = rows.filter((row) => row.collection === collection && row.noise === noise && row.searcher === searcher);
  if (of.length === 0) return [];
  const value = measure(of.map(outcomeOf));
  const least = searcher === 'evolve' && share !== undefined ? Math.ceil(share * of.length - 1e-9) : undefined;
  return [
    {
      figure: `${searcher}, ${collection}, noise ${100 * noise} %: ${name}, of ${of.length}`,
      value,
      target: least === undefined ? '' : `≥ ${least}`,
      ok: least === undefined ? null : value >= least,
    },
  ];
}

function ratesOf(rows: readonly Row[]): readonly Figure[] {
  const [ours, theirs] = [rateOf(rows, 'evolve'), rateOf(rows, 'operon')];
  const ratio = ours === null || theirs === null ? null : ours / theirs;
  return [
    { figure: 'evolve, candidates per CPU-s, median', value: ours, target: '', ok: null },
    {
      figure: 'the same / operon',
      value: ratio,
      target: `≥ ${RATE_SHARE}`,
      ok: ratio === null ? null : ratio >= RATE_SHARE,
    },
  ];
}

function rateOf(rows: readonly Row[], searcher: Searcher): number | null {
  const rates = rows
    .filter((row) => row.searcher === searcher)
    .map(outcomeOf)
    .flatMap((outcome) => (outcome === undefined ? [] : [outcome.candidates / outcome.cpuSeconds]));
  return rates.length === 0 ? null : median(rates);
}
