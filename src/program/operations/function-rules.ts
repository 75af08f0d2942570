import type { Rule } from '../operation.ts';
import { argsOf, negated } from './arithmetic-rules.ts';

/** Equal arguments once, numbers combined into the first of them. */
export function rewriteExtreme(op: 'min' | 'max'): Rule {
  return (args, rewriter) => {
    const numbers = args.flatMap((arg) => rewriter.literal(arg) ?? []);
    const combined = numbers.length > 0 ? rewriter.number(Math[op](...numbers)) : -1;
    const kept = [...new Set(args.map((arg) => (rewriter.literal(arg) === undefined ? arg : combined)))];
    if (kept.length === args.length) return undefined;
    return kept.length === 1 ? kept[0] : rewriter.op(op, ...kept);
  };
}

export const rewriteAbs: Rule = ([a = -1], rewriter) => {
  const inner = negated(rewriter, a);
  if (inner !== undefined) return rewriter.op('abs', inner);
  return rewriter.isNeverNegative(a) ? a : undefined;
};

export const rewriteHypot: Rule = (args, rewriter) => {
  const kept = args.filter((arg) => rewriter.literal(arg) !== 0).map((arg) => negated(rewriter, arg) ?? arg);
  if (kept.length === 0) return rewriter.number(0);
  if (kept.length === 1) return rewriter.op('abs', kept[0] ?? -1);
  const isSame = kept.length === args.length && kept.every((arg, i) => arg === args[i]);
  return isSame ? undefined : rewriter.op('hypot', ...kept);
};

/** Floor or ceil of a whole number. */
export const rewriteStep: Rule = ([a = -1], rewriter) => {
  const node = rewriter.node(a);
  return argsOf(node, 'floor') === undefined && argsOf(node, 'ceil') === undefined ? undefined : a;
};
