import type { Random } from '../../../numeric/index.ts';
import { checkCaps, measure, measureAsIs, type Program } from '../../../program/index.ts';
import { adaptiveWeights } from '../../credit.ts';
import { groupStarts, namedStarts } from '../../group-starts.ts';
import type { Individual } from '../../individual.ts';
import type { DrawnDraft, Operator, Proposal, ProposalContext } from '../operator.ts';
import { isFiniteOnRange, type Material, prepare, withProgram } from './material.ts';
import type { Mutation } from './mutation.ts';
import { combine, crossover, graft, point, turnSign, untieConstant } from './mutations/change.ts';
import { addSwitch, addTerm, bound, curve, insertConstant, modulate, split, subtree } from './mutations/grow.ts';
import { overRequests } from './mutations/over-requests.ts';
import { reciprocal, scaleByColumn, scaleByPart, square } from './mutations/products.ts';
import { residualTerm } from './mutations/residual-term.ts';
import { hoist, prune, tieConstants } from './mutations/shrink.ts';
import { renameByRole } from './naming.ts';
import { tidy } from './tidy.ts';

/** Every mutation with its weight before anything is learnt. */
const MUTATIONS: Readonly<Record<string, { readonly mutation: Mutation; readonly weight: number }>> = {
  term: { mutation: addTerm, weight: 5 },
  residual: { mutation: residualTerm, weight: 5 },
  modulate: { mutation: modulate, weight: 2 },
  bound: { mutation: bound, weight: 2 },
  curve: { mutation: curve, weight: 1.5 },
  switch: { mutation: addSwitch, weight: 1.5 },
  split: { mutation: split, weight: 1 },
  constant: { mutation: insertConstant, weight: 0.7 },
  subtree: { mutation: subtree, weight: 2 },
  point: { mutation: point, weight: 3 },
  combine: { mutation: combine, weight: 2.5 },
  crossover: { mutation: crossover, weight: 2 },
  graft: { mutation: graft, weight: 2 },
  sign: { mutation: turnSign, weight: 1 },
  untie: { mutation: untieConstant, weight: 0.7 },
  tie: { mutation: tieConstants, weight: 0.5 },
  prune: { mutation: prune, weight: 2.5 },
  hoist: { mutation: hoist, weight: 1 },
};

/** Beside these where the data has the state of each request. */
const OF_REQUESTS: typeof MUTATIONS = { requests: { mutation: overRequests, weight: 3 } };

/** Beside these where the data is a table of any kind. */
const OF_TABLES: typeof MUTATIONS = {
  column: { mutation: scaleByColumn, weight: 5 },
  product: { mutation: scaleByPart, weight: 3 },
  square: { mutation: square, weight: 1 },
  reciprocal: { mutation: reciprocal, weight: 1 },
};

const ATTEMPTS = 30;
const REDRAWS = 12;
/** Share of children that are changed a second time: some improvements need two steps of which neither helps alone. */
const SECOND_STEP_SHARE = 0.3;

function isUsable(program: Program, { caps, features }: ProposalContext): boolean {
  return (
    checkCaps(program, caps).length === 0 && measure(program).features.length > 0 && isFiniteOnRange(program, features)
  );
}

/** One attempt: a parent of the archive after a change or two. */
interface Attempted {
  readonly mutation: string;
  readonly parents: readonly string[];
  readonly parent: Individual;
  /** Undefined where the change cannot be made to the parent. */
  readonly program: Program | undefined;
}

/** Makes attempts from the same context. @returns the next attempt each time it is called */
function attempts(context: ProposalContext, random: Random): () => Attempted {
  const { features } = context;
  const mutations = {
    ...MUTATIONS,
    ...(features.requests !== undefined && OF_REQUESTS),
    ...(features.target !== undefined && OF_TABLES),
  };
  const names = Object.keys(mutations);
  const base = Object.fromEntries(Object.entries(mutations).map(([name, { weight }]) => [name, weight]));
  const weights = adaptiveWeights(base, context.credits);
  const order = names.map((name) => weights[name] ?? 0);
  const draw = (): string => names[random.weighted(order)] as string;

  return () => {
    const parent = context.select(random);
    const material = prepare(parent, features);
    const mates: Individual[] = [];
    const mate = (): Material => {
      const chosen = context.select(random);
      mates.push(chosen);
      return prepare(chosen, features);
    };
    const change = (name: string, changed: Material): Program | undefined =>
      mutations[name]?.mutation({ features, material: changed, mate }, random);
    const mutation = draw();
    let program = change(mutation, material);
    if (program !== undefined && random.uniform() < SECOND_STEP_SHARE) {
      program = change(draw(), withProgram(material, program, features)) ?? program;
    }
    const parents = [...new Set([parent.id, ...mates.map(({ id }) => id)])];
    return { mutation, parents, parent, program };
  };
}

/** What is proposed of an attempt; undefined where nothing is left that can be used. */
function finished({ mutation, parents, parent, program }: Attempted, context: ProposalContext): Proposal | undefined {
  if (program === undefined) return undefined;
  const tidied = tidy(program);
  if (!isUsable(tidied, context)) return undefined;
  const renamed = renameByRole(tidied, parent.program);
  const starts = namedStarts(groupStarts(parent, tidied), renamed);
  return { ok: true, mutation, parents, program: renamed, starts };
}

function propose(context: ProposalContext, random: Random): Proposal {
  const next = attempts(context, random);
  let last: Attempted | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    last = next();
    const proposal = finished(last, context);
    if (proposal !== undefined) return proposal;
  }
  const { mutation = '', parents = [] } = last ?? {};
  const detail = `none of ${ATTEMPTS} attempts gave a program that keeps the caps and has finite values`;
  return { ok: false, mutation, parents, reason: 'no-proposal', detail, source: '' };
}

/** Simplification takes away so many operations at most, as a rule. */
const SLACK = 6;

function draft(context: ProposalContext, random: Random): DrawnDraft | undefined {
  const next = attempts(context, random);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = next();
    const { mutation, parents, parent, program } = drawn;
    if (program === undefined) continue;
    const { operations, features } = measureAsIs(program);
    if (operations > context.caps.operations + SLACK || features.length === 0) continue;
    const starts = namedStarts(groupStarts(parent, program), program);
    return { mutation, parents, program, starts, finish: () => finished(drawn, context) };
  }
  return undefined;
}

/**
 * The built-in operator: typed changes of expression graphs, in the manner of genetic programming (Koza 1992; Poli, Langdon
 * & McPhee 2008, chapters 2 and 5), with changes that suit cost models. Needs no model and no key. Children inherit the
 * fitted constants of their parents as start values, and which change is tried follows what each has earned.
 */
export function createGrammarOperator(): Operator {
  return {
    name: 'grammar',
    redraws: REDRAWS,
    propose: (context, random) => Promise.resolve(propose(context, random)),
    draft,
  };
}
