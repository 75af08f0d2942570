/** Why serving points are not used, by the name of the rule. */
export const LEFT_OUT_RULES = {
  duplicate: 'the same measurement as another one, under this or another name',
  'no-load': 'nothing says how many clients there were, or what says it is contradicted by its batch size',
  'unknown-model': 'no configuration of the model is known',
  'impossible-deployment':
    'heads, widths or layers cannot be divided by its GPUs, or they contradict those of its experts',
  'beyond-a-node': 'more GPUs share the model than a server has: the network between servers decides',
  'beyond-memory': 'the contexts of its clients do not fit into the memory that the weights leave',
  queueing: 'its requests wait for their first token for longer than for all others',
  'several-tokens': 'tokens come faster than a pass over the weights and contexts at peak: several of them a step',
} as const;

export type LeftOutRule = keyof typeof LEFT_OUT_RULES;

export const LEFT_OUT_RULE_NAMES: readonly LeftOutRule[] = Object.freeze(Object.keys(LEFT_OUT_RULES) as LeftOutRule[]);

/** How many points each rule left out; those of a rule are counted by the first one that holds. */
export type LeftOutPoints = { readonly [R in LeftOutRule]?: number };

/** All together; undefined where none was left out. */
export function sumOfLeftOut(all: readonly (LeftOutPoints | undefined)[]): LeftOutPoints | undefined {
  const counts = LEFT_OUT_RULE_NAMES.map(
    (rule) => [rule, all.reduce((sum, own) => sum + (own?.[rule] ?? 0), 0)] as const,
  );
  const some = counts.filter(([, count]) => count > 0);
  return some.length === 0 ? undefined : Object.freeze(Object.fromEntries(some));
}
