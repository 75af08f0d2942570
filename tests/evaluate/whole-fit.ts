import type { RegressionTable } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import type { ConstantInfo, Program } from '../../src/program/index.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { type GroupData, groupData } from '../../src/evaluate/loss.ts';
import { GroupRefit } from '../../src/evaluate/refit.ts';
import type { Fit } from '../../src/evaluate/row-set-fitter.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from '../../src/evaluate/settings.ts';
import { Model } from '../../src/kernel/model.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';

interface WholeFit {
  readonly model: Model;
  readonly data: GroupData;
  readonly refit: GroupRefit;
  readonly screened: Fit;
  readonly fit: Fit;
  readonly named: (values: Float64Array) => Readonly<Record<string, number>>;
}

/** A program fitted to all rows of a table as one group, through all stages. Whoever asks disposes of the sandbox. */
export function wholeFit(
  program: Program,
  table: RegressionTable,
  infos: readonly ConstantInfo[],
  changes: Partial<EvaluateSettings> = {},
  seed = 2,
): WholeFit {
  const layout = layoutTable(table, { scope: 'global', sampleRows: 200 }, createRandom(1));
  const data = groupData(layout, layout.groups[0]!);
  const settings = { ...DEFAULT_EVALUATE_SETTINGS, ...changes };
  const rowSets = [data.sample, data.penalised, data.train];
  const model = new Model(program, new Sandbox(layout, rowSets, program.constants.length + 1, settings));
  const refit = new GroupRefit(model, data, settings, createRandom(seed), { infos });
  const screened = refit.screen();
  refit.explore();
  refit.search();
  refit.widen();
  const named = (values: Float64Array): Readonly<Record<string, number>> =>
    Object.fromEntries(model.names.map((name, i) => [name, values[i]!]));
  return { model, data, refit, screened, fit: refit.finish(), named };
}
