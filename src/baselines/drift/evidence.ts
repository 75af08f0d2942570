import { contextSource, type Dataset, type Experiment, type SplitName, type TargetName } from '../../data/index.ts';
import type { Program } from '../../program/index.ts';
import type { GroupFit, Scope } from '../../evaluate/index.ts';
import { withClients } from '../closed-loop/serve-experiments.ts';
import { explainedRows, type ExplainedRows } from '../explanation/explained-rows.ts';
import type { IsInRegime, LoadThirds } from '../explanation/regimes.ts';
import { relativeResiduals } from '../explanation/residuals.ts';
import { groupOfRows } from '../groups.ts';
import { type LabelledRows, openRows, replayedRows, whereOf } from '../rows.ts';
import { rangeColumns, unknownFeatures } from './fitted-ranges.ts';
import { servedResiduals } from './served-residuals.ts';

/** What an experiment is judged by: its recorded steps, its logged requests in closed loop, or its client's report. */
export type Basis = 'steps' | 'requests' | 'report';

/** What an experiment says of a program with its constants. */
export interface Evidence {
  /** Of the experiment. */
  readonly id: string;
  readonly group: string;
  readonly basis: Basis;
  /** Predicted minus measured, percent of measured, ascending in time: of step times, or of E2E latencies in percent of their mean. */
  readonly residuals: Float64Array;
  /** Of steps. */
  readonly isIn?: IsInRegime;
  /** Of the batches, by feature: those of the steps, or those of a replay of the requests. */
  readonly batches: Readonly<Record<string, Float64Array>>;
}

/** Evidence by experiment, and why there is none. */
export interface AllEvidence {
  readonly experiments: readonly Evidence[];
  readonly missing: Readonly<Record<string, string>>;
}

/** A program with what it takes to predict. */
export interface JudgedProgram {
  readonly target: TargetName;
  readonly program: Program;
  readonly fits: readonly GroupFit[];
  readonly scope: Scope;
  /** Of the rows that each group was fitted on. */
  readonly thirds: ReadonlyMap<string, LoadThirds | undefined>;
}

/** Experiments for whose group there are constants. */
export function experimentsOf(
  dataset: Dataset,
  { fits, scope }: Pick<JudgedProgram, 'fits' | 'scope'>,
): readonly Experiment[] {
  const groups = new Set(fits.map(({ group }) => group));
  return dataset.experiments.filter((experiment) => groups.has(groupOfRows(whereOf(dataset, experiment), scope)));
}

/**
 * Holds a program against the rows of some splits, and where no steps were recorded against the requests.
 *
 * @param isServed whether requests are looked at, which takes serving them.
 */
export function evidenceOf(
  dataset: Dataset,
  judged: JudgedProgram,
  splits: readonly SplitName[],
  isServed = true,
): AllEvidence {
  const { target, program, fits, scope, thirds } = judged;
  const missing: Record<string, string> = {};
  const experiments: Evidence[] = [];
  const rows = splits.flatMap((split) => openRows(dataset, target, split));
  const replays = splits.flatMap((split) => replayedRows(dataset, target, split));
  const served = new Set(isServed && target === 'cycle' ? withClients(dataset).map(({ id }) => id) : []);
  for (const experiment of experimentsOf(dataset, judged)) {
    const { id } = experiment;
    const own = partsOf(rows, id);
    const batches = own.length > 0 ? own : partsOf(replays, id);
    const unknown = [...new Set(batches.flatMap((part) => unknownFeatures(program, part, contextSource(dataset))))];
    const fit = fits.find(({ group }) => group === groupOfRows(whereOf(dataset, experiment), scope))!;
    if (unknown.length > 0) missing[id] = `not recorded: ${unknown.join(', ')}`;
    else if (own.length > 0) {
      const explained = explainedRows(program, fits, scope, own, thirds);
      experiments.push({ ...ofParts(program, own), id, group: fit.group, basis: 'steps', ...ofSteps(explained) });
    } else if (served.has(id)) {
      const found = servedResiduals(dataset, experiment, { program, fit, scope }, splits);
      if (typeof found === 'string') missing[id] = found;
      else experiments.push({ ...ofParts(program, batches), id, group: fit.group, ...found });
    } else missing[id] = `no rows with the target ${target}, and no requests of clients`;
  }
  return { experiments, missing };
}

function partsOf(parts: readonly LabelledRows[], id: string): readonly LabelledRows[] {
  return parts.filter(({ experiment }) => experiment.id === id);
}

/** Splits of one experiment, one after another. */
function ofSteps(parts: readonly ExplainedRows[]): Pick<Evidence, 'residuals' | 'isIn'> {
  const starts = parts.reduce<number[]>((all, { p }) => all.concat(all.at(-1)! + p.length), [0]);
  const at = (row: number): number => starts.findLastIndex((start) => start <= row);
  const isIn = Object.fromEntries(
    Object.keys(parts[0]!.isIn).map((regime) => [
      regime,
      (row: number) => {
        const part = at(row);
        return parts[part]!.isIn[regime as keyof IsInRegime](row - starts[part]!);
      },
    ]),
  ) as unknown as IsInRegime;
  return { residuals: Float64Array.from(parts.flatMap((part) => [...relativeResiduals(part)])), isIn };
}

function ofParts(program: Program, parts: readonly LabelledRows[]): Pick<Evidence, 'batches'> {
  const columns = parts.map((part) => rangeColumns(program, part));
  const names = Object.keys(columns[0] ?? {}).filter((name) => columns.every((own) => own[name] !== undefined));
  return {
    batches: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(columns.flatMap((own) => [...own[name]!]))]),
    ),
  };
}
