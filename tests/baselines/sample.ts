import { type LabelledRows, openRows, type TrainingData, trainingData } from '../../src/baselines/index.ts';
import { type Dataset, demoDataset, type Experiment, makeDataset, type TargetName } from '../../src/data/index.ts';

let small: Promise<Dataset> | undefined;

/** Three experiments of the demo: two workloads of one model, and a mixture of experts. */
export function smallDataset(): Promise<Dataset> {
  small ??= makeSmall();
  return small;
}

async function makeSmall(): Promise<Dataset> {
  const demo = await demoDataset();
  const wanted = ['llama-2-70b-tp4-general', 'llama-2-70b-tp4-codegen', 'mixtral-8x7b-v0-1-tp2-general'];
  return makeDataset(
    'small',
    demo.experiments.filter(({ id }) => wanted.some((ending) => id.endsWith(ending))),
  );
}

/** Its rows. */
export async function smallRows(
  target: TargetName = 'cycle',
): Promise<{ readonly data: TrainingData; readonly test: readonly LabelledRows[] }> {
  const dataset = await smallDataset();
  return { data: trainingData(dataset, target), test: openRows(dataset, target, 'test') };
}

const RECORDS = 600;

/** One experiment, cut short: of its parts, heavy batches alone can be held out. */
export async function tinyDataset(): Promise<Dataset> {
  const [experiment] = (await smallDataset()).experiments;
  const columns = Object.entries(experiment!.steps!).map(([name, column]: [string, Float64Array]) => [
    name,
    column.slice(0, RECORDS),
  ]);
  const steps = Object.fromEntries(columns) as NonNullable<Experiment['steps']>;
  return makeDataset('tiny', [{ ...experiment!, steps }]);
}
