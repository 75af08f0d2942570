import { type Caps, parseProgram, printSource, type Program, simplify } from '../program/index.ts';

/** What was printed from a program may be read back whatever its size: the caps are a gate of the evaluation. */
const UNCAPPED: Pick<Caps, 'textBytes' | 'nesting'> = { textBytes: Infinity, nesting: 1000 };

/**
 * Reads back a program that a search has printed.
 *
 * @throws Error where the text is not a program: the log was changed by hand.
 */
export const readSource = (source: string): Program => {
  const parsed = parseProgram(source, { caps: UNCAPPED });
  if (parsed.ok) return parsed.program;
  throw new Error(`a logged program does not parse: ${parsed.diagnostics[0]?.message ?? 'unknown reason'}`);
};

/**
 * A program in the form in which a search keeps it: simplified, and read back from its own text, so that a search that
 * goes on from a log works on the very same program as the one that wrote it.
 */
export const normalise = (program: Program): { readonly source: string; readonly program: Program } => {
  const source = printSource(simplify(program));
  return { source, program: readSource(source) };
};
