import { createHash } from 'node:crypto';
import {
  type Caps,
  canonicalKey,
  type Complexity,
  type Diagnostic,
  type FeatureTable,
  guard,
  measure,
  overCaps,
  printSource,
  readsBackAsIs,
  readSource,
  type Program,
  simplify,
} from '../program/index.ts';

/**
 * A program in the form in which a search keeps it, with all that is told of it by looking at it once. It is made where a
 * program enters the search, by `checkProgram`, or read from a log, by `loggedProgram`, and carried from there on.
 */
export interface CheckedProgram {
  /** See `programId`; of a program that was read from a log, the id under which it was logged. */
  readonly id: string;
  readonly source: string;
  readonly program: Program;
  readonly complexity: Complexity;
}

/** A program that may be proposed, or what of it lies over the caps. */
export type CheckResult =
  | { readonly ok: true; readonly checked: CheckedProgram }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const ID_DIGITS = 8;

/**
 * Short name of a program: the head of the SHA-256 of its canonical key. Programs that differ only in the names and values
 * of their constants or in the order of commutative operands have the same id, and a run keeps one of them.
 */
export function programId(program: Program): string {
  return createHash('sha256').update(canonicalKey(program)).digest('hex').slice(0, ID_DIGITS);
}

type Measured = Pick<CheckedProgram, 'program' | 'complexity'>;

/** Guarded against counts of 0, which language models and mutations forget, as far as the caps have room for it. */
function guarded(written: Measured, features: FeatureTable, caps: Caps): Measured {
  const program = simplify(guard(written.program, features));
  if (program === written.program) return written;
  const complexity = measure(program);
  return overCaps(complexity, caps).length === 0 ? { program, complexity } : written;
}

/** A program as its text gives it, so that a search that goes on from a log works on the very same one. */
function asRead(measured: Measured, source: string): Measured {
  if (readsBackAsIs(measured.program)) return measured;
  const program = readSource(source);
  return { program, complexity: measure(program) };
}

/**
 * Takes a program into the search: simplified, inside the caps, guarded, measured, printed and named, each of these once.
 *
 * @param proposed as an operator made it or the parser read it
 */
export function checkProgram(
  proposed: Program,
  { features, caps }: { readonly features: FeatureTable; readonly caps: Caps },
): CheckResult {
  const simple = simplify(proposed);
  const complexity = measure(simple);
  const diagnostics = overCaps(complexity, caps);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const measured = guarded({ program: simple, complexity }, features, caps);
  const source = printSource(measured.program);
  const read = asRead(measured, source);
  return { ok: true, checked: { id: programId(read.program), source, ...read } };
}

/**
 * A program from a log, under the id that the log gives it: an id is never made anew, so a run keeps its names also where a
 * later version would give others. Its text is read when the program is first looked at.
 */
export function loggedProgram(id: string, source: string, complexity?: Complexity): CheckedProgram {
  let program: Program | undefined;
  let measured = complexity;
  return {
    id,
    source,
    get program() {
      return (program ??= readSource(source));
    },
    get complexity() {
      return (measured ??= measure(this.program));
    },
  };
}
