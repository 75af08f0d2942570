import type { FittedRange } from '../baselines/index.ts';
import type { ClientOverheads } from '../data/index.ts';
import type { GroupFit } from '../evaluate/index.ts';
import { UserError } from '../base/index.ts';
import {
  type ContextSource,
  deploymentName,
  everyFeature,
  FEATURES,
  REQUEST_FIELD_NAMES,
  type ServingContext,
} from '../physics/index.ts';
import { fieldsOf, type Program, reductionOf } from '../program/index.ts';
import { type Alpha, alphaOf } from './alpha.ts';
import { GO_INTERFACES } from './go/interfaces.ts';
import { featuresRead } from './go/predict.ts';
import type { ExportInput, ExportOptions } from './types.ts';

/** One model of the package: a serving context and the constants that were fitted for it. */
export interface ModelEntry {
  readonly context: ServingContext;
  readonly group: string;
  /** In the order of the program's constants. */
  readonly constants: readonly number[];
  /** Of each constant; null where the data could not identify it. */
  readonly standardErrors: readonly (number | null)[];
  readonly alpha: Alpha;
  /** What was fitted beside the constants, whether or not the interface has a place for it. */
  readonly overheads?: ClientOverheads;
  /** Of the rows that the constants were fitted on; empty where nothing is known of them. */
  readonly ranges: readonly FittedRange[];
  readonly totalKvBlocks?: number;
}

/**
 * Brings fits and serving contexts together, one entry for each model and tp, ascending by id and tp.
 *
 * @throws UserError where the program reads what StepTime cannot see, a group has no usable fit, a coefficient alpha is no time, or
 * two groups claim one model.
 */
export function modelEntries(
  input: ExportInput,
  options: Pick<ExportOptions, 'interface' | 'alpha'>,
): readonly ModelEntry[] {
  const places = GO_INTERFACES[options.interface].alpha;
  checkFeatures(input.program, input.provenance.program, input.contexts);
  const entries = new Map<string, ModelEntry>();
  for (const { group, context, totalKvBlocks } of input.groups) {
    const fit = input.fits.find((candidate) => candidate.group === group);
    if (fit === undefined) {
      throw new UserError({
        code: 'export.no-fit',
        problem: `group \`${group}\` has no fitted constants`,
        mend: 'Evaluate the program again on this dataset, then export',
      });
    }
    const entry = {
      context,
      group,
      ...fitted(input.program, fit),
      alpha: alphaOf(fit, places, options.alpha),
      ranges: input.standing.groups.find((each) => each.group === group)?.ranges ?? [],
      ...(fit.overheads !== undefined && { overheads: fit.overheads }),
      ...(totalKvBlocks === undefined ? {} : { totalKvBlocks }),
    };
    const key = [
      `${context.architecture.id.toLowerCase()} tp ${String(context.tensorParallelism).padStart(4, '0')}`,
      // One set of constants for all models holds on all kinds of hardware.
      ...(input.scope === 'global' ? [context.hardware.name] : []),
    ].join(' ');
    const other = entries.get(key);
    if (other === undefined) entries.set(key, entry);
    else checkSame(other, entry);
  }
  if (entries.size === 0) {
    throw new UserError({
      code: 'export.no-model',
      problem: 'the run has no model to export',
      mend: 'Export a run over at least one experiment with step records',
    });
  }
  return [...entries.keys()].sort().map((key) => entries.get(key)!);
}

function checkFeatures(program: Program, id: string, contexts: ContextSource = 'blocks'): void {
  const canBeSeen = (source: ContextSource, name: string): boolean =>
    everyFeature(source).some((feature) => feature.name === name);
  for (const name of featuresRead(program)) {
    const reduction = reductionOf(name);
    const fields = reduction === undefined ? undefined : fieldsOf(reduction);
    if (canBeSeen(contexts, name) || fields?.every((field) => REQUEST_FIELD_NAMES.includes(field)) === true) continue;
    const hidden = FEATURES.find((feature) => feature.name === name && !feature.visible);
    throw new UserError({
      code: 'export.hidden-feature',
      problem:
        hidden?.visible === false
          ? `program ${id} uses \`${name}\`: ${hidden.reason}`
          : canBeSeen('requests', name)
            ? `program ${id} uses \`${name}\`, which takes the recorded state of requests, and the data has none`
            : `program ${id} uses \`${name}\`, which cannot be computed from the requests of a batch`,
      mend: 'Choose a program that reads only features of the batch',
    });
  }
}

function fitted(program: Program, fit: GroupFit): Pick<ModelEntry, 'constants' | 'standardErrors'> {
  const constants = program.constants.map(({ name }) => {
    const value = Object.hasOwn(fit.constants, name) ? fit.constants[name] : undefined;
    if (value !== undefined && Number.isFinite(value)) return value + 0;
    throw new UserError({
      code: 'export.no-value',
      problem: `constant \`${name}\` of group \`${fit.group}\` ${value === undefined ? 'has no value' : `is ${value}`}`,
      mend: 'Evaluate the program again on this dataset, then export',
    });
  });
  const standardErrors = program.constants.map(({ name }) => fit.standardErrors[name] ?? null);
  return { constants, standardErrors };
}

/** Experiments of one model and tp on one kind of hardware share an entry if they share constants. */
function checkSame(a: ModelEntry, b: ModelEntry): void {
  const what = `${b.context.architecture.id} with tp ${b.context.tensorParallelism}`;
  if (a.context.hardware.name !== b.context.hardware.name) {
    throw new UserError({
      code: 'export.two-kinds-of-hardware',
      problem: `${what} was measured on ${a.context.hardware.name} and ${b.context.hardware.name}, and a simulator can hold one set of constants for it`,
      mend: 'Export a run over one kind of hardware',
    });
  }
  const ways = [a, b].map(({ context }) => deploymentName(context));
  if (ways[0] !== ways[1]) {
    throw new UserError({
      code: 'export.two-deployments',
      problem: `${what} was measured as ${ways.join(' and ')}, and a simulator can hold one set of constants for it`,
      mend: 'Export a run over one way of spreading it over GPUs',
    });
  }
  if (a.group !== b.group) {
    throw new UserError({
      code: 'export.two-fits',
      problem: `\`${a.group}\` and \`${b.group}\` both have constants for ${what}, and a simulator can hold one set`,
      mend: 'Export a run with the scope `model`, which fits one set of constants for each model and tp',
    });
  }
}
