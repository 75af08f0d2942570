import type { Random } from '../../../numeric/index.ts';
import { checkCaps, type FeatureTable, measure, type Program } from '../../../program/index.ts';
import { Draft } from '../grammar/draft.ts';
import { isFiniteOnRange, type Material, withProgram } from '../grammar/material.ts';
import type { Mutation } from '../grammar/mutation.ts';
import { point } from '../grammar/mutations/change.ts';
import { addSwitch, addTerm, bound, curve, insertConstant, modulate, subtree } from '../grammar/mutations/grow.ts';
import { tidy } from '../grammar/tidy.ts';
import type { Operator, Proposal, ProposalContext } from '../operator.ts';

const STEPS: readonly Mutation[] = [addTerm, modulate, bound, curve, addSwitch, insertConstant, subtree, point];
/** Changes after the first feature, at most. */
const MAX_STEPS = 8;
const ATTEMPTS = 30;
const REDRAWS = 12;
const EMPTY: Program = { doc: '', constants: [], graph: { nodes: [], roots: [] } };
/** Nothing is known of a program that was never evaluated. */
const NO_KNOWLEDGE = { id: '', residuals: new Map<string, number>(), missing: [], idle: new Set<string>() };

/** A constant times a feature; refit finds the constant's size. */
function firstProgram(features: FeatureTable, random: Random): Program {
  const draft = new Draft(EMPTY);
  const { name } = random.pick(features);
  return draft.finish(draft.op('mul', draft.constant(`${name}Factor`, 1), draft.feature(name)));
}

function randomProgram(features: FeatureTable, random: Random): Program {
  const materialOf = (program: Program): Material => withProgram(NO_KNOWLEDGE, program, features);
  const mate = (): Material => materialOf(firstProgram(features, random));
  let program = firstProgram(features, random);
  const steps = random.integer(MAX_STEPS + 1);
  for (let step = 0; step < steps; step++) {
    program = random.pick(STEPS)({ features, material: materialOf(program), mate }, random) ?? program;
  }
  return tidy(program);
}

const ORIGIN = { mutation: 'random', parents: [] } as const;

function isUsable(program: Program, { caps, features }: ProposalContext): boolean {
  return (
    checkCaps(program, caps).length === 0 && measure(program).features.length > 0 && isFiniteOnRange(program, features)
  );
}

function propose(context: ProposalContext, random: Random): Proposal {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const program = randomProgram(context.features, random);
    if (isUsable(program, context)) return { ok: true, ...ORIGIN, program };
  }
  const detail = `none of ${ATTEMPTS} random programs kept the caps and had finite values`;
  return { ok: false, ...ORIGIN, reason: 'no-proposal', detail, source: '' };
}

/**
 * A control: random search over the grammar. Every program is grown from nothing by random changes and owes nothing to what the
 * search has found. What a search gains over it at equal budget is what evolution is worth.
 */
export function createRandomOperator(): Operator {
  return {
    name: 'random',
    redraws: REDRAWS,
    propose: (context, random) => Promise.resolve(propose(context, random)),
    draft: (context, random) => {
      const program = randomProgram(context.features, random);
      return {
        ...ORIGIN,
        program,
        finish: () => (isUsable(program, context) ? { ok: true, ...ORIGIN, program } : undefined),
      };
    },
  };
}
