import type { TemplateName } from './settings.ts';

/** What a prompt asks for. The name is the mutation that children carry, and the template that asks. */
export interface Kind {
  readonly name: TemplateName & ('point' | 'structural' | 'crossover' | 'informed');
  /** How often it is chosen before anything is learnt, relative to the others. */
  readonly weight: number;
  /** Parents that the prompt shows. */
  readonly parents: number;
}

export const KINDS: readonly Kind[] = [
  { name: 'point', weight: 2, parents: 2 },
  { name: 'structural', weight: 3, parents: 3 },
  { name: 'crossover', weight: 2, parents: 4 },
  { name: 'informed', weight: 3, parents: 2 },
];

export type KindName = Kind['name'];
