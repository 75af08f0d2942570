import {
  type Dataset,
  DEMO_SAMPLE_SHARE,
  DEMO_SEED,
  describeDataset,
  importDataset,
  type ImportOptions,
  parseMap,
  readServerFile,
  replayedDemo,
  saveDataset,
  scenariosWith,
  withReplays,
  type WrittenExperiment,
  writeRawTree,
} from '../data/index.ts';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/index.ts';
import { type Architecture, readHardware, readHuggingFaceConfig } from '../physics/index.ts';
import type { DataDocument } from './documents.ts';

/** What an import's sources themselves do not say. */
export interface DataOptions extends Omit<ImportOptions, 'accelerators' | 'architectures' | 'map' | 'server'> {
  /** Dataset folder to write; default: none is written. */
  readonly folder?: string;
  /**
   * How the columns of tables are called and which units they have: a YAML file, or a text such as
   * `step.id=iter, duration_us=1000*latency_ms`.
   */
  readonly map?: string;
  /**
   * Hugging Face `config.json` of a model that is not built in; `model` is then the name that it goes by. Or a folder of them, each
   * named for its model.
   */
  readonly modelConfig?: string;
  /** File of the peak figures of an accelerator that is not built in, of the form of those in `hardware/`. */
  readonly hardwareConfig?: string;
  /** YAML file that says what the server was started with, in the words of its engine, and its `hardware`. */
  readonly server?: string;
}

/**
 * Imports step records and request logs: ground-truth folder trees, files of the formats that are known, folders of such files,
 * and datasets, all into one dataset.
 *
 * @throws UserError that names the file and the place where a source is none of these, or names what the sources do not say.
 */
export async function importData(sources: string | readonly string[], options: DataOptions = {}): Promise<Dataset> {
  const { folder, map, modelConfig, hardwareConfig, model, server, ...others } = options;
  const imported = await importDataset(sources, {
    ...others,
    ...(map !== undefined && { map: parseMap(map) }),
    ...(server !== undefined && { server: readServerFile(server, options.onNote) }),
    ...(hardwareConfig !== undefined && { accelerators: readHardware(hardwareConfig) }),
    ...(modelConfig === undefined
      ? model !== undefined && { model }
      : { architectures: readConfigs(modelConfig, model) }),
  });
  const dataset = withReplays(imported, options.onNote);
  if (folder !== undefined) saveDataset(dataset, folder);
  return dataset;
}

/** @throws UserError where a folder holds no configuration, or is to go by one name. */
function readConfigs(path: string, model: string | undefined): readonly Architecture[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [readHuggingFaceConfig(path, model)];
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (files.length > 0 && model === undefined) {
    return files.map((file) => readHuggingFaceConfig(join(path, file), file.replace(/\.json$/, '')));
  }
  throw new UserError({
    code: 'app.wrong-configs',
    place: { file: path },
    problem:
      files.length === 0
        ? 'no model configuration in it'
        : 'it holds configurations of several models, and one is named',
    mend:
      files.length === 0
        ? 'Give a folder of files like `Qwen3-32B.json`, or one config.json'
        : 'Name no model, or give the one file',
  });
}

/** Writes the embedded demo data as a dataset folder: a simulation of traffic, not a measurement. */
export async function writeDemoData(folder: string): Promise<Dataset> {
  const dataset = await replayedDemo();
  saveDataset(dataset, folder);
  return dataset;
}

/** What is written of the demo as raw logs. */
export interface RawDemoOptions {
  /** Only experiments whose ids contain it. Default: those of the smallest workload, one for each model. */
  readonly only?: string;
  /** Share of the steps that traces record, above 0 and up to 1; 0.1 by default, as in the demo data. */
  readonly sampleShare?: number;
  /** Told of each experiment when its logs are written. */
  readonly onProgress?: (written: WrittenExperiment) => void;
}

/** The workload with the fewest requests. */
const SMALLEST_WORKLOAD = 'roleplay';

/**
 * Writes experiments of the demo as their servers, tracers and clients would have logged them, a folder for each format: for
 * trying out imports. An experiment has 150 to 900 MB of logs, more where more steps are recorded.
 *
 * @returns the experiments as they were recorded.
 * @throws UserError where no experiment has such an id, or the folder holds anything but such logs.
 */
export async function writeRawDemo(folder: string, options: RawDemoOptions = {}): Promise<Dataset> {
  const { only = SMALLEST_WORKLOAD, sampleShare = DEMO_SAMPLE_SHARE, onProgress } = options;
  return writeRawTree(folder, {
    scenarios: scenariosWith(only),
    seed: DEMO_SEED,
    sampleShare,
    ...(onProgress && { onProgress }),
  });
}

/** Experiments, splits, cycle pairs and features of a dataset. */
export function describeData(dataset: Dataset): DataDocument {
  return describeDataset(dataset);
}
