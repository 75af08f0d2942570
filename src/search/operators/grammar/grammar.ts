import type { Random } from '../../../numeric/index.ts';
import { checkCaps, measure, type Program } from '../../../program/index.ts';
import { adaptiveWeights } from '../../credit.ts';
import type { Individual } from '../../individual.ts';
import type { Operator, Proposal, ProposalContext } from '../operator.ts';
import { isFiniteOnRange, type Material, prepare, withProgram } from './material.ts';
import type { Mutation } from './mutation.ts';
import { combine, crossover, graft, point, turnSign, untieConstant } from './mutations/change.ts';
import { addSwitch, addTerm, bound, curve, insertConstant, modulate, split, subtree } from './mutations/grow.ts';
import { overRequests } from './mutations/over-requests.ts';
import { residualTerm } from './mutations/residual-term.ts';
import { hoist, prune, tieConstants } from './mutations/shrink.ts';
import { renameByRole } from './naming.ts';
import { tidy } from './tidy.ts';

/** Every mutation with its weight before anything is learnt. */
const MUTATIONS: Readonly<Record<string, { readonly mutation: Mutation; readonly weight: number }>> = {
  term: { mutation: addTerm, weight: 5 },
  'residual-term': { mutation: residualTerm, weight: 5 },
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

const ATTEMPTS = 30;
const REDRAWS = 12;
/** Share of children that are changed a second time: some improvements need two steps of which neither helps alone. */
const SECOND_STEP_SHARE = 0.3;

function isUsable(program: Program, { caps, features }: ProposalContext): boolean {
  return (
    checkCaps(program, caps).length === 0 && measure(program).features.length > 0 && isFiniteOnRange(program, features)
  );
}

function propose(context: ProposalContext, random: Random): Proposal {
  const { features } = context;
  const mutations = features.requests === undefined ? MUTATIONS : { ...MUTATIONS, ...OF_REQUESTS };
  const names = Object.keys(mutations);
  const base = Object.fromEntries(Object.entries(mutations).map(([name, { weight }]) => [name, weight]));
  const weights = adaptiveWeights(base, context.credits);
  const order = names.map((name) => weights[name] ?? 0);
  const draw = (): string => names[random.weighted(order)] as string;
  let last = { mutation: names[0] as string, parents: [] as readonly string[] };

  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const parent = context.select(random);
    const material = prepare(parent, features);
    const mates: Individual[] = [];
    const mate = (): Material => {
      const chosen = context.select(random);
      mates.push(chosen);
      return prepare(chosen, features);
    };
    const change = (name: string, changed: Material): Program | undefined => {
      const program = mutations[name]?.mutation({ features, material: changed, mate }, random);
      return program === undefined ? undefined : tidy(program);
    };
    const mutation = draw();
    let program = change(mutation, material);
    if (program !== undefined && random.uniform() < SECOND_STEP_SHARE) {
      program = change(draw(), withProgram(material, program, features)) ?? program;
    }
    const parents = [...new Set([parent.id, ...mates.map(({ id }) => id)])];
    last = { mutation, parents };
    if (program !== undefined && isUsable(program, context)) {
      return { ok: true, ...last, program: renameByRole(program, parent.program) };
    }
  }
  const detail = `none of ${ATTEMPTS} attempts gave a program that keeps the caps and has finite values`;
  return { ok: false, ...last, reason: 'no-proposal', detail, source: '' };
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
  };
}
