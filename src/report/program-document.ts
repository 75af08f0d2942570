import { printGoFunction } from '../export/index.ts';
import { printLatex } from '../program/index.ts';
import { type ProgramDetails, programDetails } from '../run/index.ts';
import type { Individual } from '../search/index.ts';

/** One program in full, as `evolve show --json` prints it. */
export interface ProgramDocument extends ProgramDetails {
  /** What its author or a model says of it; empty where nothing was said. */
  readonly doc: string;
  /** Null where the data cannot identify a constant. */
  readonly standardErrorsByGroup: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** The formula as a Go function. */
  readonly go: string;
  /** The formula as LaTeX. */
  readonly latex: string;
}

/** The document of a program. */
export function programDocument(individual: Individual): ProgramDocument {
  const { program, evaluation } = individual;
  return {
    ...programDetails(individual),
    doc: program.doc,
    standardErrorsByGroup: Object.fromEntries(
      evaluation.fits.map(({ group, standardErrors }) => [group, standardErrors]),
    ),
    go: printGoFunction(program),
    latex: printLatex(program),
  };
}
