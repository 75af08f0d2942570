import type { Rule } from '../operation.ts';
import { argsOf } from './arithmetic-rules.ts';

/** A constant condition beside another one: it decides, or it drops out. */
export function rewriteLogical(decisive: boolean): Rule {
  return ([a = -1, b = -1], rewriter) => {
    if (a === b) return a;
    for (const [side, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = rewriter.truth(side);
      if (known !== undefined) return known === decisive ? side : other;
    }
    return undefined;
  };
}

export const rewriteNot: Rule = ([a = -1], rewriter) => argsOf(rewriter.node(a), 'not')?.[0];

export const rewriteSelect: Rule = ([condition = -1, yes = -1, no = -1], rewriter) => {
  if (yes === no) return yes;
  const known = rewriter.truth(condition);
  if (known !== undefined) return known ? yes : no;
  const opposite = argsOf(rewriter.node(condition), 'not')?.[0];
  return opposite === undefined ? undefined : rewriter.op('select', opposite, no, yes);
};
