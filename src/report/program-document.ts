import type { ClientOverheads } from '../data/index.ts';
import { fitsInUse } from '../evaluate/index.ts';
import { printGoFunction } from '../export/index.ts';
import { printLatex } from '../program/index.ts';
import { type ProgramDetails, programDetails, type RunConfig, runFeatures } from '../run/index.ts';
import type { Individual } from '../search/index.ts';
import { type FittedConstant, fittedConstants } from './constants.ts';

/** One program in full, as `evolve show --json` prints it. */
export interface ProgramDocument extends Omit<ProgramDetails, 'constants'> {
  /** What its author or a model says of it; empty where nothing was said. */
  readonly doc: string;
  /** Fitted constants, group by group; those fitted in closed loop, where it was. */
  readonly constants: readonly FittedConstant[];
  /** Null where the data cannot identify a constant. */
  readonly standardErrorsByGroup: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** What clients see beyond steps; of the groups for which it was fitted, which is done in closed loop. */
  readonly overheadsByGroup: Readonly<Record<string, ClientOverheads>>;
  /** The formula as a Go function. */
  readonly go: string;
  /** The formula as LaTeX. */
  readonly latex: string;
}

/** The document of a program of a run. */
export function programDocument(individual: Individual, config: Pick<RunConfig, 'data'>): ProgramDocument {
  const { program, evaluation } = individual;
  const fits = fitsInUse(evaluation);
  return {
    ...programDetails(individual),
    doc: program.doc,
    constants: fittedConstants(program, fits, runFeatures(config)),
    standardErrorsByGroup: Object.fromEntries(fits.map(({ group, standardErrors }) => [group, standardErrors])),
    overheadsByGroup: Object.fromEntries(
      fits.flatMap(({ group, overheads }) => (overheads === undefined ? [] : [[group, overheads]])),
    ),
    go: printGoFunction(program),
    latex: printLatex(program, config.data.table?.target.name),
  };
}
