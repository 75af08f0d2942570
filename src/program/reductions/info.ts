import { bounds } from '../bounds.ts';
import type { FeatureInfo, FeatureTable, RequestTable } from '../feature-table.ts';
import { literalOf } from '../graph-tools.ts';
import { interval } from '../interval.ts';
import type { Graph } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { bodyText } from './canonical.ts';
import { fieldsOf, type Reduction, reductionsOf } from './reduction.ts';
import { REDUCTIONS } from './reduction-op.ts';
import { unitOf } from '../units/infer.ts';

/**
 * All that there is to know of a reduction as a feature. Its unit is inferred from the fields, where a sum of pure numbers
 * counts requests. Its range is what the ranges of the fields and of the batch's size allow: sound, and wide.
 *
 * @returns undefined where the requests lack a field that it reads.
 */
export function reductionInfo(reduction: Reduction, requests: RequestTable): FeatureInfo | undefined {
  const { name, over, body } = reduction;
  const fields = new Map(requests.fields.map((field) => [field.name, field]));
  if (!fieldsOf(reduction).every((field) => fields.has(field))) return undefined;
  const op = REDUCTIONS[over];
  const ranges = bounds(body, {
    features: Object.fromEntries(
      [...fields].map(
        ([
          field,
          {
            range: [lo, hi],
          },
        ]) => [field, interval(lo, hi)],
      ),
    ),
    constants: {},
  });
  const { lo, hi } = op.interval(ranges[body.roots[0]!]!, requests.most);
  const ofBody = unitOf(body, (field) => fields.get(field)!.unit);
  const counts = lo >= 0 && isWhole(body, (field) => fields.get(field)!.isCount === true);
  return {
    name,
    unit: ofBody === '1' && op.countsRequests ? 'requests' : ofBody,
    meaning: op.meaning(bodyText(body)),
    range: lo <= hi ? [lo, hi] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    isCount: counts,
    isDiscrete: counts,
  };
}

/** The table with the reductions of a graph behind the features; those that the data cannot compute are left out. */
export function withReductions(features: FeatureTable, graph: Graph): FeatureTable {
  const { requests } = features;
  if (requests === undefined) return features;
  const known = new Set(features.map(({ name }) => name));
  const infos = reductionsOf(graph).flatMap((reduction) =>
    known.has(reduction.name) ? [] : (reductionInfo(reduction, requests) ?? []),
  );
  return infos.length === 0 ? features : featuresWith([...features, ...infos], features);
}

/** A table of features with what is known of the data beside them: the requests of each batch, and what is predicted. */
export function featuresWith(
  infos: readonly FeatureInfo[],
  { requests, target }: Pick<FeatureTable, 'requests' | 'target'>,
): FeatureTable {
  if (requests === undefined && target === undefined) return infos;
  return Object.freeze(Object.assign([...infos], { ...(requests && { requests }), ...(target && { target }) }));
}

function isWhole(graph: Graph, isCount: (field: string) => boolean): boolean {
  const whole: boolean[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') whole.push(Number.isInteger(node.value));
    else if (node.kind !== 'op') whole.push(isCount(node.name));
    else {
      const { kind, whole: keeps } = OPERATIONS[node.op];
      const args = node.args.map((arg) => whole[arg] === true);
      const isTruth = kind === 'comparison' || kind === 'logical';
      whole.push(isTruth || keeps(args, (at) => literalOf(graph, node.args[at])));
    }
  }
  return whole[graph.roots[0] ?? -1] === true;
}
