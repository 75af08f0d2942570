import type { RegressionTable } from '../../../data/index.ts';
import type { ObjectiveName, Scope } from '../../../evaluate/index.ts';
import type { Random } from '../../../numeric/index.ts';
import { renderTemplate, type Templates } from '../../../llm/index.ts';
import { type Caps, type FeatureTable, MOST_REDUCTIONS, type TargetInfo, VOCABULARY } from '../../../program/index.ts';
import type { Archive } from '../../archive/index.ts';
import type { Individual } from '../../individual.ts';
import { dossierOf, shownParent } from './dossier.ts';
import { adviceFor } from './facts/advice.ts';
import { chooseAim } from './facts/aim.ts';
import { toldOnce } from './facts/attempts.ts';
import { briefOf } from './facts/briefs.ts';
import { recurringForms } from './facts/concepts.ts';
import { frontTable, generationsSinceBest } from './facts/front.ts';
import { short } from './facts/text.ts';
import type { KindName } from './kinds.ts';
import type { Attempt } from '../operator.ts';
import type { Task, TemplateName } from './settings.ts';

const OBJECTIVES: { readonly [O in ObjectiveName]: string } = {
  e2e: 'the mean over the three worst experiments of the error of the mean end-to-end latency, which weighs a step by the requests in it (percent); the mean absolute percentage error decides between equals.',
  replay:
    "the mean over the three worst experiments of the errors of clients' end-to-end latency, time to first token and time between tokens, means and 90th percentiles over requests; each latency is a sum of step times (percent).",
  mape: 'the mean over experiments of the mean absolute percentage error of the step time.',
  mse: 'the root mean squared error, in percent of the standard deviation of the target.',
};

const SCOPES: { readonly [S in Scope]: string } = {
  global: 'one value of each for all experiments.',
  model: 'one value of each for every model on its GPUs.',
  experiment: 'one value of each for every experiment.',
};

/** Objectives and scopes of a table of plain rows. */
const OF_COLUMNS: { readonly [O in ObjectiveName]?: string } = {
  mape: 'the mean absolute percentage error, mean over groups of rows.',
};

const SCOPES_OF_ROWS: { readonly [S in Scope]: string } = {
  global: 'one value of each for all rows.',
  model: 'one value of each for every group of rows.',
  experiment: 'one value of each for every group of rows.',
};

function nameWithUnit({ name, unit }: TargetInfo): string {
  return unit === '' ? name : `${name} (${unit})`;
}

/** The part of a prompt that is the same for a whole run: task, language, caps and features. */
export function systemPrompt(
  templates: Templates<TemplateName>,
  features: FeatureTable,
  caps: Caps,
  task: Task,
): string {
  return renderTemplate(templates, 'system', {
    task: {
      target: task.target,
      ...(features.target === undefined
        ? { objective: OBJECTIVES[task.objective], scope: SCOPES[task.scope] }
        : { objective: OF_COLUMNS[task.objective] ?? OBJECTIVES[task.objective], scope: SCOPES_OF_ROWS[task.scope] }),
    },
    caps,
    signs: VOCABULARY.signs.join(' '),
    functions: VOCABULARY.functions.join(', '),
    reductions: MOST_REDUCTIONS,
    table:
      features.target === undefined
        ? false
        : { name: nameWithUnit(features.target), description: features.target.description ?? false },
    hasRequests: features.requests !== undefined,
    requestFields: features.requests?.fields.map(({ name, unit, meaning }) => ({ name, unit, meaning })) ?? [],
    features: features.map(({ name, unit, meaning, range: [low, high], isCount }) => ({
      name,
      unit,
      meaning,
      low: short(isCount === true ? Math.ceil(low) : low),
      high: Number.isFinite(high) ? short(isCount === true ? Math.floor(high) : high) : 'any',
    })),
  });
}

/** What a prompt for new programs is made of. */
export interface PromptParts {
  readonly kind: KindName;
  /** The one to be changed first. */
  readonly parents: readonly Individual[];
  readonly attempts: readonly Attempt[];
  /** Programs to ask for. */
  readonly count: number;
  readonly archive: Archive<Individual>;
  /** For which the programs are. */
  readonly island: number;
  readonly generation: number;
  readonly caps: Caps;
}

/** The part of a prompt that is new for every call: parents, what the search has found and what failed, what to do. */
export function proposalPrompt(
  templates: Templates<TemplateName>,
  { kind, parents, attempts, count, archive, island, generation, caps }: PromptParts,
  table: RegressionTable,
  task: Task,
  random: Random,
): string {
  const [first] = parents;
  if (first === undefined) throw new RangeError('a prompt needs a program to change');
  const brief = briefOf(island, archive.islands.length, generation);
  const aim = chooseAim(archive, { island, parent: first, brief, kind, caps }, random);
  const concepts = recurringForms(archive);
  return renderTemplate(templates, kind, {
    count,
    isTable: table.features.target !== undefined,
    parents: parents.map((parent, i) =>
      i === 0
        ? { isFirst: true, ...dossierOf(parent, i + 1, table, task) }
        : { isFirst: false, ...shownParent(parent, i + 1, task) },
    ),
    aim: {
      least: aim.operations[0],
      most: aim.operations[1],
      features: aim.features,
      islandError: Number.isFinite(aim.islandError) && short(aim.islandError),
      frontError: Number.isFinite(aim.frontError) && short(aim.frontError),
    },
    front: frontTable(archive),
    hasConcepts: concepts.length > 0,
    concepts,
    advice: adviceFor(first, table, task, generationsSinceBest(archive, generation)),
    brief: { [brief]: true },
    hasAttempts: attempts.length > 0,
    attempts: toldOnce(attempts),
  });
}

/** A program that was refused, with the complaints. */
export interface RefusedProgram {
  readonly reason: string;
  readonly source: string;
  readonly complaints: readonly string[];
}

/** Asks to mend programs that do not parse or break a cap. */
export function repairPrompt(templates: Templates<TemplateName>, programs: readonly RefusedProgram[]): string {
  return renderTemplate(templates, 'repair', {
    programs: programs.map((program, i) => ({ number: i + 1, ...program, source: program.source.trim() })),
  });
}
