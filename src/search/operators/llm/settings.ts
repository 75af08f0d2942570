import type { ObjectiveName, Scope } from '../../../evaluate/index.ts';
import type { CompletionParameters, PriceTable, Templates, WeightedModel } from '../../../llm/index.ts';

/** The templates of the prompts, one file each in `prompts/`. */
export const TEMPLATE_NAMES = [
  'system',
  'parent',
  'search',
  'advice',
  'attempts',
  'point',
  'structural',
  'crossover',
  'informed',
  'repair',
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** What may be spent on a run. */
export interface Limits {
  readonly maxCostUsd?: number | undefined;
  /** Attempts, those that failed and were tried again included. */
  readonly maxCalls?: number | undefined;
}

/** How models are asked; frozen with the run. Holds no key. */
export interface LlmSettings {
  readonly models: readonly WeightedModel[];
  readonly parameters: CompletionParameters;
  /** Children of one island that one call asks for at most. */
  readonly childrenPerCall: number;
  /** Prices of the models, as they were when the run was made; a model without one costs an unknown amount. */
  readonly prices: PriceTable;
  readonly limits: Limits;
  /** When no model can be reached: end the run so that it can be resumed, or go on with the grammar operator. */
  readonly onOutage: 'stop' | 'grammar';
  readonly templates: Templates<TemplateName>;
}

/** What the programs are for, as the prompt says it. */
export interface Task {
  readonly target: string;
  readonly objective: ObjectiveName;
  readonly scope: Scope;
}
