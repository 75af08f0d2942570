import type { RegressionTable } from '../../../data/index.ts';
import type { CompletionRequest } from '../../../llm/index.ts';
import type { Random } from '../../../numeric/index.ts';
import { costAwareWeights } from '../../assign.ts';
import { adaptiveWeights } from '../../credit.ts';
import type { Individual } from '../../individual.ts';
import type { Draw, OperatorHistory } from '../operator.ts';
import { shownSource } from './dossier.ts';
import { KINDS, type KindName } from './kinds.ts';
import { proposalPrompt, systemPrompt } from './prompt.ts';
import type { ShownProgram } from './reply/edits.ts';
import type { LlmSettings, Task } from './settings.ts';

/** One call that asks for the programs of some draws. */
export interface PlannedCall {
  /** Indices into the draws, all of one island. */
  readonly draws: readonly number[];
  readonly kind: KindName;
  readonly parents: readonly string[];
  /** What a reply may edit. */
  readonly shown: readonly ShownProgram[];
  readonly request: CompletionRequest;
  /** Tells equal prompts apart, e.g. `12.3` for generation 12, child 3. */
  readonly draw: string;
}

/** Draws from which distinct parents are sought, for each parent that is wanted. */
const TRIES = 4;

/** Chooses kind, parents and model for every call of a generation; all chance is that of the call's first draw. */
export function planCalls(
  draws: readonly Draw[],
  history: OperatorHistory,
  settings: LlmSettings,
  table: RegressionTable,
  task: Task,
): readonly PlannedCall[] {
  return groupByIsland(draws, settings.childrenPerCall).map((indices) => {
    const { context, random } = draws[indices[0] as number] as Draw;
    const weights = adaptiveWeights(
      Object.fromEntries(KINDS.map(({ name, weight }) => [name, weight])),
      context.credits,
    );
    const kind = KINDS[random.weighted(KINDS.map(({ name }) => weights[name] ?? 0))] as (typeof KINDS)[number];
    const parents = drawParents(() => context.select(random), kind.parents);
    const { archive, island } = context.select;
    const parts = {
      kind: kind.name,
      parents,
      attempts: history.attempts,
      count: indices.length,
      archive,
      island,
      generation: context.generation,
      caps: context.caps,
    };
    // By name, so that what the prompt draws changes no other choice.
    const prompt = proposalPrompt(settings.templates, parts, table, task, random.split('prompt'));
    return {
      draws: indices,
      kind: kind.name,
      parents: parents.map(({ id }) => id),
      shown: parents.map((parent, i) => ({ number: i + 1, id: parent.id, source: shownSource(parent) })),
      request: {
        model: drawModel(settings, history, random),
        system: systemPrompt(settings.templates, context.features, context.caps, task),
        prompt,
        parameters: settings.parameters,
      },
      draw: `${context.generation}.${context.child}`,
    };
  });
}

function groupByIsland(draws: readonly Draw[], most: number): readonly (readonly number[])[] {
  const groups: number[][] = [];
  const open = new Map<number, number[]>();
  for (const [i, { island }] of draws.entries()) {
    const group = open.get(island);
    if (group !== undefined && group.length < most) group.push(i);
    else {
      const started = [i];
      groups.push(started);
      open.set(island, started);
    }
  }
  return groups;
}

/** Distinct parents, in order of their drawing; fewer where the archive holds fewer. */
export function drawParents(select: () => Individual, wanted: number): readonly Individual[] {
  const parents = new Map<string, Individual>();
  for (let k = 0; k < TRIES * wanted && parents.size < wanted; k++) {
    const parent = select();
    if (!parents.has(parent.id)) parents.set(parent.id, parent);
  }
  return [...parents.values()];
}

function drawModel({ models }: LlmSettings, { models: tallies }: OperatorHistory, random: Random): string {
  const base = Object.fromEntries(models.map(({ model, weight }) => [model, weight]));
  const weights = tallies === undefined ? base : costAwareWeights(base, tallies);
  return (models[random.weighted(models.map(({ model }) => weights[model] ?? 0))] as (typeof models)[number]).model;
}
