import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { enumeration, UserError } from '../../base/index.ts';
import type { Architecture, Hardware } from '../../physics/index.ts';
import { completeRuns } from './complete-runs.ts';
import type { Dataset, Experiment } from '../dataset.ts';
import { GIVEN, idleOption, TREATMENTS } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import { experimentHash, makeDataset } from '../make-dataset.ts';
import { readSource } from '../sources/read-source.ts';
import { usableRuns } from './point-runs.ts';
import { sumOfLeftOut } from '../points/left-out.ts';
import type { RunRecords } from '../sources/source.ts';
import { DATASET_FILE, loadDataset } from '../store.ts';
import { saysTreatment, withTreatment } from './treat.ts';

/**
 * Makes one dataset of one or several sources: ground-truth folder trees, files of the formats that are known, folders of such
 * files, and datasets. What is there twice, a source or an equal experiment, is taken once.
 *
 * @throws UserError where a source is none of these, something in it is broken, facts are missing, or an option would change
 *   nothing; nothing is written.
 */
export async function importDataset(
  sources: string | readonly string[],
  options: ImportOptions = {},
): Promise<Dataset> {
  const paths = distinctPaths(typeof sources === 'string' ? [sources] : sources);
  const datasets: Dataset[] = [];
  const runs: RunRecords[] = [];
  for (const path of paths) {
    if (existsSync(join(path, DATASET_FILE))) datasets.push(retreated(await loadDataset(path), options));
    else runs.push(...(await readSource(path, options)));
  }
  if (options.map !== undefined && runs.length > 0 && !runs.some(({ isMapped }) => isMapped)) {
    throw idleOption(runs[0]!.place, 'map', 'no source is a table of step records');
  }
  if (runs.length === 0) refuseAll(datasets[0]?.source ?? paths.join(', '), options);
  const architectures = [
    ...datasets.flatMap((dataset) => dataset.architectures ?? []),
    ...(options.architectures ?? []),
  ];
  const usable = usableRuns(runs, options);
  const all = [...datasets.flatMap(({ experiments }) => experiments), ...completeRuns(usable.runs, options)];
  refuseIdleTreatment(all, options, paths.join(', '));
  const used = usedOnly(all, architectures, options);
  tellUnmodelled(used, all, options);
  return makeDataset(
    sourceName(paths, datasets),
    distinctExperiments(all),
    used,
    usedHardware(
      all,
      [...datasets.flatMap((dataset) => dataset.accelerators ?? []), ...(options.accelerators ?? [])],
      options,
    ),
    sumOfLeftOut([...datasets.map(({ leftOut }) => leftOut), ...usable.leftOut]),
  );
}

/** A dataset alone keeps the name of its own source. */
function sourceName(paths: readonly string[], datasets: readonly Dataset[]): string {
  return paths.length === 1 && datasets.length === 1 ? datasets[0]!.source : paths.join(', ');
}

/** What the options say of the treatment holds for datasets too: their records are whole. */
function retreated(dataset: Dataset, options: ImportOptions): Dataset {
  if (!saysTreatment(options)) return dataset;
  return { ...dataset, experiments: dataset.experiments.map((experiment) => withTreatment(experiment, options)) };
}

/** @throws UserError where a treatment is asked for and nothing has step records. */
function refuseIdleTreatment(experiments: readonly Experiment[], options: ImportOptions, source: string): void {
  const given = TREATMENTS.find((name) => options[name] !== undefined && options[name] !== 'auto');
  if (given === undefined || experiments.some(({ steps }) => steps !== undefined)) return;
  throw idleOption(source, given, 'no step records in it');
}

function distinctPaths(paths: readonly string[]): readonly string[] {
  return [...new Map(paths.map((path) => [resolve(path), path])).values()];
}

function distinctExperiments(experiments: readonly Experiment[]): readonly Experiment[] {
  return [...new Map(experiments.map((experiment) => [experimentHash(experiment), experiment])).values()];
}

function refuseAll(source: string, options: ImportOptions): void {
  const given = GIVEN.find((name) => options[name] !== undefined);
  if (given !== undefined) throw idleOption(source, given, 'a dataset says this itself');
}

/** @throws UserError where no architecture that was given is one of an experiment. */
function usedOnly(
  experiments: readonly Experiment[],
  architectures: readonly Architecture[],
  options: ImportOptions,
): readonly Architecture[] {
  const distinct = [...new Map(architectures.map((architecture) => [architecture.name, architecture])).values()];
  const given = options.architectures ?? [];
  const unused = given.filter(({ name }) => !experiments.some((used) => used.architecture === name));
  // A folder of configurations may hold more than is asked for.
  if (unused.length === 0 || unused.length < given.length) return distinct;
  const models = [...new Set(experiments.map(({ model }) => model))].join(', ');
  throw new UserError({
    code: 'data.idle-architecture',
    problem: `the model configuration does not apply: no experiment runs ${enumeration(unused.map(({ name }) => `\`${name}\``))}`,
    mend: `Leave it out, or give the configuration of a model that is there: ${models}`,
  });
}

/** @throws UserError where an accelerator was given that no experiment ran on. */
function usedHardware(
  experiments: readonly Experiment[],
  accelerators: readonly Hardware[],
  options: ImportOptions,
): readonly Hardware[] {
  const unused = options.accelerators?.find(({ name }) => !experiments.some((used) => used.hardware === name));
  if (unused === undefined) return [...new Map(accelerators.map((each) => [each.name, each])).values()];
  const names = [...new Set(experiments.map(({ hardware }) => hardware))].join(', ');
  throw new UserError({
    code: 'data.idle-hardware',
    problem: `the hardware configuration does not apply: no experiment ran on \`${unused.name}\``,
    mend: `Leave it out, or give the configuration of hardware that is there: ${names}`,
  });
}

/** @throws UserError where parts of a model are not modelled and that was not to be. */
function tellUnmodelled(
  architectures: readonly Architecture[],
  experiments: readonly Experiment[],
  { strictModel, onNote }: ImportOptions,
): void {
  for (const { name, unmodelled = [], predictionLayers } of architectures) {
    if (!experiments.some(({ architecture }) => architecture === name)) continue;
    const parts = unmodelled.map(({ what, size }) => `${what}, ${size}`);
    if (strictModel === true && parts.length > 0) {
      throw new UserError({
        code: 'data.unmodelled-parts',
        problem: `of ${name} is not modelled: ${parts.join('; ')}`,
        mend: 'Import it without asking for all of it to be modelled, or use another model',
      });
    }
    for (const part of parts) onNote?.(`${name}: not modelled: ${part}`);
    if (predictionLayers !== undefined) {
      const layers = predictionLayers === 1 ? '1 layer' : `${predictionLayers} layers`;
      onNote?.(`${name}: ${layers} for multi-token prediction not counted: engines run them only where they speculate`);
    }
  }
}
