import type { Random } from '../../../../numeric/index.ts';
import {
  bounds,
  type FeatureTable,
  interval,
  type Interval,
  type IrNode,
  type Program,
  withReductions,
} from '../../../../program/index.ts';
import { Draft, rootOf } from '../draft.ts';
import { type Material, numericSites } from '../material.ts';
import type { Mutation } from '../mutation.ts';
import { magnitudeAt, site } from '../sites.ts';
import { pickFeature } from '../pattern.ts';

/**
 * Changes by factors, for tables of any kind: laws of nature are products of powers more often than sums, and a sum comes to one only
 * by way of worse programs. Nothing is divided by what may be 0 on the training rows, as far as intervals tell.
 */

/** What is this small a share of its interval's far end is as good as 0. */
const FAR_FROM_ZERO = 1e-6;

function keepsSign({ lo, hi, mayBeNaN }: Interval): boolean {
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  return !mayBeNaN && Number.isFinite(size) && (lo > FAR_FROM_ZERO * size || hi < -FAR_FROM_ZERO * size);
}

/** Of each node whether it keeps its sign over the ranges of the features, the constants as they are. */
function keptSigns({ graph, constants }: Program, features: FeatureTable): readonly boolean[] {
  const ranges = withReductions(features, graph).map(({ name, range }) => [name, interval(...range)] as const);
  const fixed = constants.map(({ name, start }) => [name, interval(start, start)] as const);
  const inputs = { features: Object.fromEntries(ranges), constants: Object.fromEntries(fixed) };
  return bounds(graph, inputs).map(keepsSign);
}

/** x · f or x / f, the latter half of the time where it is safe. */
function scaledBy(draft: Draft, x: number, factor: number, mayDivide: boolean, random: Random): number {
  return draft.op(mayDivide && random.uniform() < 0.5 ? 'div' : 'mul', x, factor);
}

/** x → x · f or x / f with f a column. */
export const scaleByColumn: Mutation = (context, random) => {
  const { material } = context;
  const { name, range } = pickFeature(context, random);
  const draft = new Draft(material.program);
  return draft.replace(site(material, random), (copy) =>
    scaledBy(draft, copy, draft.feature(name), keepsSign(interval(...range)), random),
  );
};

function isVarying(node: IrNode | undefined): boolean {
  return node?.kind === 'feature' || node?.kind === 'op';
}

/** x → x · p or x / p with p a part of another program, or all of it. */
export const scaleByPart: Mutation = ({ features, material, mate }, random) => {
  const other = mate();
  const parts = numericSites(other).filter((part) => isVarying(other.program.graph.nodes[part]));
  if (parts.length === 0) return undefined;
  const part = random.uniform() < 0.3 ? rootOf(other.program) : random.pick(parts);
  const mayDivide = keptSigns(other.program, features)[part] === true;
  const draft = new Draft(material.program);
  return draft.replace(site(material, random), (copy) =>
    scaledBy(draft, copy, draft.take(other.program, part), mayDivide, random),
  );
};

/** Sites where something varies, the root among them as often as all others. */
function varyingSite(material: Material, random: Random, isFit: (at: number) => boolean): number | undefined {
  const { nodes } = material.program.graph;
  const sites = numericSites(material).filter((at) => isVarying(nodes[at]) && isFit(at));
  const root = rootOf(material.program);
  if (sites.includes(root) && random.uniform() < 0.5) return root;
  return sites.length === 0 ? undefined : random.pick(sites);
}

/** x → x². */
export const square: Mutation = ({ material }, random) => {
  const node = varyingSite(material, random, () => true);
  if (node === undefined) return undefined;
  const draft = new Draft(material.program);
  return draft.replace(node, (copy) => draft.op('mul', copy, copy));
};

/** x → c / x, scaled so that a typical value stays. */
export const reciprocal: Mutation = ({ features, material }, random) => {
  const kept = keptSigns(material.program, features);
  const node = varyingSite(material, random, (at) => kept[at] === true);
  if (node === undefined) return undefined;
  const draft = new Draft(material.program);
  const scale = magnitudeAt(material, node);
  return draft.replace(node, (copy) => draft.op('div', draft.constant('scale', scale * scale), copy));
};
