import { sum } from '../../numeric/index.ts';
import { type Program, splitTerms, type Term } from '../../program/index.ts';
import { type ExplainedRows, valuesOf } from './explained-rows.ts';
import { BATCH_REGIMES, type BatchRegime } from './regimes.ts';

/** What a part of a program has of the predicted time. */
export interface TermShares {
  /** `2` is the second summand, `2.1` the first part of that; the parts of a term have together what it has. */
  readonly place: string;
  /** A summand of what stands above, a side of a maximum, minimum or hypotenuse, or a branch of a condition. */
  readonly role: Term['role'];
  /** As in the source, with the factors that it was split from. */
  readonly text: string;
  /** Condition of a branch; null for everything else. */
  readonly when: string | null;
  /** Percent of the predicted time by regime; of those with rows. */
  readonly share: Readonly<Record<string, number>>;
  /** Percent of all predicted time by group of constants. */
  readonly shareByGroup: Readonly<Record<string, number>>;
  /** Of a side or a branch, by regime: percent of the rows in which it decides the value of the term above; null for summands. */
  readonly decides: Readonly<Record<string, number>> | null;
}

/** The terms of a program, each before its parts, with their shares over some rows. */
export function termShares(program: Program, parts: readonly ExplainedRows[]): readonly TermShares[] {
  const { terms, graph } = splitTerms(program);
  const values = parts.map((part) => valuesOf(graph, part));
  const groups = [...new Set(parts.map(({ group }) => group))];
  const total = (root: number, isWanted: IsWanted): number =>
    sum(parts.map((part, at) => sum(values[at]![root]!.filter((_, row) => isWanted(part, row)))));
  const ratio = (root: number, whole: number | undefined, isWanted: IsWanted): number =>
    (100 * total(root, isWanted)) / (whole === undefined ? rowsOf(parts, isWanted) : total(whole, isWanted));
  const byRegime = (root: number, whole: number | undefined): Readonly<Record<string, number>> =>
    Object.fromEntries(
      BATCH_REGIMES.map((regime) => [regime, ratio(root, whole, isOf(regime))] as const).filter(([, share]) =>
        Number.isFinite(share),
      ),
    );
  const shares = (term: Term, above: number | undefined): readonly TermShares[] => [
    {
      place: term.place,
      role: term.role,
      text: term.text,
      when: term.when ?? null,
      share: byRegime(term.value, 0),
      shareByGroup: Object.fromEntries(
        groups.map((group) => [group, ratio(term.value, 0, (part) => part.group === group)]),
      ),
      decides: term.decides === undefined ? null : byRegime(term.decides, above),
    },
    // What lies below a side is counted among the rows in which that side decides.
    ...term.parts.flatMap((part) => shares(part, term.decides ?? above)),
  ];
  return terms.flatMap((term) => shares(term, undefined));
}

type IsWanted = (part: ExplainedRows, row: number) => boolean;

function isOf(regime: BatchRegime): IsWanted {
  return ({ isIn }, row) => isIn[regime](row);
}

function rowsOf(parts: readonly ExplainedRows[], isWanted: IsWanted): number {
  return sum(parts.map((part) => part.p.filter((_, row) => isWanted(part, row)).length));
}
