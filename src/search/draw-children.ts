import type { Random } from '../numeric/index.ts';
import type { FeatureTable } from '../program/index.ts';
import { drawDrafts } from './draw-drafts.ts';
import type { SearchDependencies } from './dependencies.ts';
import { assignOperators, FALLBACK } from './assign.ts';
import {
  type Attribution,
  type OpenGeneration,
  propose,
  proposeChecked,
  proposeFailure,
  type Waiting,
} from './open-generation.ts';
import type {
  Batch,
  Draw,
  DrawnDraft,
  Operator,
  OperatorHistory,
  Proposal,
  ProposalContext,
} from './operators/operator.ts';
import { createSelector } from './selection.ts';
import { startsAsKept } from './group-starts.ts';

/** The answer of an operator to several draws, whichever way it works. */
async function answer(operator: Operator, draws: readonly Draw[], history: OperatorHistory): Promise<Batch> {
  if (operator.proposeMany !== undefined) return operator.proposeMany(draws, history);
  const proposals = await Promise.all(draws.map(({ context, random }) => operator.propose(context, random)));
  return {
    calls: [],
    isSpent: false,
    groups: proposals.map((proposal, i) => ({ draws: [i], proposals: [proposal], handOver: false })),
  };
}

function operatorNamed(operators: readonly Operator[], name: string): Operator {
  const operator = operators.find((candidate) => candidate.name === name);
  if (operator === undefined) throw new RangeError(`no operator ${name}`);
  return operator;
}

/** The children of one generation while they are drawn. */
class Children {
  readonly #drawn = new Map<number, Waiting>();
  readonly #open: OpenGeneration;
  readonly #features: FeatureTable;

  constructor(open: OpenGeneration, features: FeatureTable) {
    this.#open = open;
    this.#features = features;
  }

  has(child: number): boolean {
    return this.#drawn.has(child);
  }

  /** Logs proposals in order and gives each new program to the next of the children that has none. */
  take(operator: string, children: readonly Draw[], proposals: readonly Proposal[]): void {
    for (const proposal of proposals) {
      const open = children.find(({ context }) => !this.#drawn.has(context.child));
      // What is no program is logged in any case: its diagnostics are worth something.
      const draw = open ?? (proposal.ok ? undefined : children.at(-1));
      if (draw === undefined) continue;
      const { mutation, parents, model, reply } = proposal;
      const { child } = draw.context;
      const attribution: Attribution = {
        operator,
        mutation,
        parents,
        child,
        island: draw.island,
        ...(model !== undefined && { model }),
        ...(reply !== undefined && { reply }),
      };
      if (!proposal.ok) {
        proposeFailure(this.#open, attribution, proposal);
        continue;
      }
      const { program, checked, starts } = proposal;
      const waiting =
        checked === undefined
          ? propose(this.#open, attribution, program, this.#features)
          : proposeChecked(this.#open, attribution, checked, this.#features);
      if (waiting === undefined) continue;
      const kept = startsAsKept(starts, program, waiting.checked.program);
      this.#drawn.set(child, { ...waiting, ...(kept !== undefined && { starts: kept }) });
    }
  }

  /** Finishes drafts in order, as many as it takes to give each of the children one. */
  takeDrafts(operator: string, children: readonly Draw[], drafts: readonly DrawnDraft[]): void {
    for (const draft of drafts) {
      if (children.every(({ context }) => this.#drawn.has(context.child))) return;
      const proposal = draft.finish();
      if (proposal !== undefined) this.take(operator, children, [proposal]);
    }
  }

  inOrder(): readonly Waiting[] {
    return [...this.#drawn.values()].sort((a, b) => a.event.sequence - b.event.sequence);
  }
}

/**
 * Draws the children from the state at the start of the generation. Each has its own random stream by (generation, child,
 * attempt), so the order in which an operator answers does not matter; a child that comes to nothing is drawn again.
 */
export async function drawChildren(
  open: OpenGeneration,
  { operators, features, evaluator }: Pick<SearchDependencies, 'operators' | 'features' | 'evaluator'>,
  random: Random,
): Promise<readonly Waiting[]> {
  const start = open.state;
  const { children, drafts = 1, islands, caps, adaptive } = start.settings;
  const selectors = start.archive.islands.map((_, island) => createSelector(start.archive, island));
  const assigned = [...assignOperators(start, open.number, random.split('operator'))];
  const drawn = new Children(open, features);
  const drawOf = (child: number, attempt: number): Draw => {
    const island = (open.number * children + child) % islands;
    const context: ProposalContext = {
      generation: open.number,
      child,
      features,
      caps,
      select: selectors[island] as (typeof selectors)[number],
      credits: start.credits[assigned[child] as string] ?? {},
    };
    return { island, context, random: random.split(open.number, child, attempt) };
  };
  for (let attempt = 0; ; attempt++) {
    const missing = assigned.flatMap((name, child) =>
      !drawn.has(child) && attempt <= operatorNamed(operators, name).redraws ? [child] : [],
    );
    if (missing.length === 0) return drawn.inOrder();
    for (const name of new Set(missing.map((child) => assigned[child] as string))) {
      const operator = operatorNamed(operators, name);
      const draws = missing.filter((child) => assigned[child] === name).map((child) => drawOf(child, attempt));
      if (attempt === 0 && drafts > 1 && operator.draft !== undefined && evaluator.scoreDrafts !== undefined) {
        const { ranked, drawn: count } = await drawDrafts(
          operator.draft,
          draws,
          drafts,
          start.archive,
          evaluator.scoreDrafts,
          random,
        );
        open.drafts += count;
        for (const [island, best] of ranked) {
          drawn.takeDrafts(
            name,
            draws.filter((draw) => draw.island === island),
            best,
          );
        }
        continue;
      }
      const { calls, groups, isSpent } = await answer(operator, draws, {
        attempts: start.attempts[name] ?? [],
        spending: start.spending,
        models: adaptive ? start.models : undefined,
      });
      open.isSpent ||= isSpent;
      for (const call of calls) open.emit({ type: 'called', generation: open.number, operator: name, ...call });
      for (const group of groups) {
        const wanted = group.draws.map((i) => draws[i] as Draw);
        drawn.take(name, wanted, group.proposals);
        if (group.handOver) for (const { context } of wanted) assigned[context.child] = FALLBACK;
      }
    }
  }
}
