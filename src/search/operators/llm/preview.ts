import type { RegressionTable } from '../../../data/index.ts';
import type { Random } from '../../../numeric/index.ts';
import type { Caps } from '../../../program/index.ts';
import type { Individual } from '../../individual.ts';
import type { Selector } from '../../selection.ts';
import type { Attempt } from '../operator.ts';
import { KINDS, type KindName } from './kinds.ts';
import { drawParents } from './plan.ts';
import { proposalPrompt, systemPrompt } from './prompt.ts';
import type { LlmSettings, Task } from './settings.ts';

/** What a model would be sent. */
export interface PromptPreview {
  readonly system: string;
  readonly prompt: string;
  /** Ids of the programs that the prompt shows. */
  readonly parents: readonly string[];
}

/** The texts that a model would be sent to change `first`, with other parents as a search would draw them. */
export function previewPrompt(
  first: Individual,
  select: Selector<Individual>,
  random: Random,
  options: {
    readonly kind: KindName;
    readonly settings: Pick<LlmSettings, 'templates' | 'childrenPerCall'>;
    readonly attempts: readonly Attempt[];
    /** For which it would be asked. */
    readonly generation: number;
    readonly table: RegressionTable;
    readonly caps: Caps;
    readonly task: Task;
  },
): PromptPreview {
  const { kind, settings, attempts, generation, table, caps, task } = options;
  const wanted = KINDS.find(({ name }) => name === kind)?.parents ?? 1;
  let isFirst = true;
  const parents = drawParents(() => {
    if (!isFirst) return select(random);
    isFirst = false;
    return first;
  }, wanted);
  const { archive, island } = select;
  const parts = { kind, parents, attempts, count: settings.childrenPerCall, archive, island, generation, caps };
  return {
    system: systemPrompt(settings.templates, table.features, caps, task),
    prompt: proposalPrompt(settings.templates, parts, table, task, random.split('prompt')),
    parents: parents.map(({ id }) => id),
  };
}
