import { OPERATIONS, type OpName } from '../../../../program/index.ts';
import { Draft } from '../draft.ts';
import { numericSites } from '../material.ts';
import type { Mutation } from '../mutation.ts';
import { palette } from '../palette.ts';
import { magnitudeAt, site, TERM_SHARE } from '../sites.ts';
import { pickFeature, pickThreshold } from '../pattern.ts';
import { newPattern, newTerm, withNewTerm } from '../terms.ts';

/** x → x + c · f or x − c · f, with f likely to be what the residuals correlate with. */
export const addTerm: Mutation = (context, random) => {
  const { material } = context;
  const node = site(material, random);
  const draft = new Draft(material.program);
  return draft.replace(node, (copy) =>
    withNewTerm(draft, context, copy, TERM_SHARE * magnitudeAt(material, node), random),
  );
};

/** x → x · (1 + c · f): an effect in proportion. */
export const modulate: Mutation = (context, random) => {
  const { material } = context;
  const draft = new Draft(material.program);
  return draft.replace(site(material, random), (copy) =>
    draft.op('mul', copy, draft.op('add', draft.number(1), newTerm(draft, context, TERM_SHARE, random))),
  );
};

const JOINS: readonly OpName[] = palette('bound');

/** x → max(x, c · f), hypot(x, c · f) or min(x, c · f): a second bound beside the first. */
export const bound: Mutation = (context, random) => {
  const { material } = context;
  const node = site(material, random);
  const op = random.pick(JOINS);
  const draft = new Draft(material.program);
  // A bound starts where it does not bite: above what is bounded from above, below it otherwise.
  const isUpper = OPERATIONS[op].evaluate([1, 1.5]) === 1;
  const magnitude = magnitudeAt(material, node) * (isUpper ? 1.5 : 0.5);
  const other = (): number =>
    random.uniform() < 0.25
      ? draft.constant(context.features.target === undefined ? 'floorUs' : 'limit', magnitude)
      : newTerm(draft, context, magnitude, random);
  return draft.replace(node, (copy) => draft.op(op, copy, other()));
};

const CURVES: readonly OpName[] = palette('curve');

/** x → c · g(x) with g a root or a logarithm, scaled so that a typical value stays. */
export const curve: Mutation = ({ material }, random) => {
  const node = random.pick(numericSites(material));
  const value = material.values[node] ?? NaN;
  if (!(value > 0) || !Number.isFinite(value)) return undefined;
  const op = random.pick(CURVES);
  const curved = OPERATIONS[op].evaluate([value]);
  const draft = new Draft(material.program);
  return draft.replace(node, (copy) => draft.op('mul', draft.constant('scale', value / curved), draft.op(op, copy)));
};

/** x → f ≤ c ? x : c′ · x, or f ≤ c ? x : x ± c′ · g: another regime beyond a threshold. */
export const addSwitch: Mutation = (context, random) => {
  const { material } = context;
  const node = site(material, random);
  const feature = pickFeature(context, random);
  const draft = new Draft(material.program);
  return draft.replace(node, (copy) => {
    const limit = draft.constant(`${feature.name}Limit`, pickThreshold(feature, random));
    const beyond =
      random.uniform() < 0.5
        ? draft.op('mul', draft.constant(`${feature.name}Scale`, 1 + TERM_SHARE), copy)
        : withNewTerm(draft, context, copy, TERM_SHARE * magnitudeAt(material, node), random);
    return draft.op('select', draft.op('le', draft.feature(feature.name), limit), copy, beyond);
  });
};

/** x → f ≤ c ? x : a + b · x: beyond a threshold the same part has an overhead and a rate of its own. */
export const split: Mutation = (context, random) => {
  const { material } = context;
  const node = site(material, random);
  const feature = pickFeature(context, random);
  const draft = new Draft(material.program);
  return draft.replace(node, (copy) => {
    const limit = draft.constant(`${feature.name}Limit`, pickThreshold(feature, random));
    const overhead = draft.constant('offset', TERM_SHARE * magnitudeAt(material, node));
    const beyond = draft.op('add', overhead, draft.op('mul', draft.constant('scale', 1), copy));
    return draft.op('select', draft.op('le', draft.feature(feature.name), limit), copy, beyond);
  });
};

/** x → c · x, for an x that has no constant of its own. */
export const insertConstant: Mutation = ({ material }, random) => {
  const { nodes } = material.program.graph;
  const sites = numericSites(material).filter((i) => nodes[i]?.kind === 'feature' || nodes[i]?.kind === 'op');
  if (sites.length === 0) return undefined;
  const draft = new Draft(material.program);
  return draft.replace(random.pick(sites), (copy) => draft.op('mul', draft.constant('scale', 1), copy));
};

/** Puts a new expression of the same size in the place of a part. */
export const subtree: Mutation = (context, random) => {
  const { material } = context;
  const node = random.pick(numericSites(material));
  const draft = new Draft(material.program);
  const isFeature = material.program.graph.nodes[node]?.kind === 'feature';
  return draft.replace(node, () =>
    isFeature && random.uniform() < 0.5
      ? newPattern(draft, context, random).node
      : newTerm(draft, context, magnitudeAt(material, node), random),
  );
};
