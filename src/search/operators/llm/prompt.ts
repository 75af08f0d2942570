import { groupBy } from '../../../base/index.ts';
import type { RegressionTable } from '../../../data/index.ts';
import type { ObjectiveName, Scope } from '../../../evaluate/index.ts';
import { renderTemplate, type Templates } from '../../../llm/index.ts';
import { type Caps, type FeatureTable, MOST_REDUCTIONS, type TargetInfo, VOCABULARY } from '../../../program/index.ts';
import type { Individual } from '../../individual.ts';
import { dossierOf, short, worstExperiments } from './dossier.ts';
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

const WORST_EXPERIMENTS = 3;

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
    features: features.map(({ name, unit, meaning, range: [low, high] }) => ({
      name,
      unit,
      meaning,
      low: short(low),
      high: Number.isFinite(high) ? short(high) : 'any',
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
}

/** The part of a prompt that is new for every call: the parents with all their figures, failed attempts, what to do. */
export function proposalPrompt(
  templates: Templates<TemplateName>,
  { kind, parents, attempts, count }: PromptParts,
  table: RegressionTable,
  task: Task,
): string {
  const [first] = parents;
  return renderTemplate(templates, kind, {
    count,
    isTable: table.features.target !== undefined,
    parents: parents.map((parent, i) => dossierOf(parent, i + 1, table, task)),
    hasAttempts: attempts.length > 0,
    attempts: toldOnce(attempts),
    targets: (first === undefined ? [] : worstExperiments(first, task)).slice(0, WORST_EXPERIMENTS).map((metrics) => ({
      id: metrics.id,
      figures:
        metrics.rmse !== undefined
          ? `RMSE ${short(metrics.rmse)} %, MAE ${short(metrics.mape)} %, bias ${short(metrics.mspe)} %`
          : `E2E error ${short(metrics.e2eBlockError)} %, MAPE ${short(metrics.mape)} %, bias ${short(metrics.mspe)} %`,
    })),
  });
}

/** Failures for a prompt, oldest first, each told once: of those that failed alike the last text stands, with how many there were. */
function toldOnce(attempts: readonly Attempt[]): readonly { readonly source: string; readonly why: string }[] {
  const groups = groupBy(attempts, ({ reason, detail }) => `${reason}: ${detail}`);
  return [...groups].map(([why, alike]) => ({
    source: (alike.at(-1)?.source ?? '').trim(),
    why: alike.length > 1 ? `${why} (${alike.length} times)` : why,
  }));
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
