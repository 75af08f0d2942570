import { oneLine, replyBlocks } from '../../../llm/index.ts';
import { type Caps, type FeatureTable, formatDiagnostic, parseProgram } from '../../../program/index.ts';
import { type CheckedProgram, checkProgram } from '../../checked-program.ts';
import type { RefusedProgram } from './prompt.ts';

/** A block of a reply: a program, or text that is none with the complaints. */
export type ReadProgram =
  | { readonly ok: true; readonly checked: CheckedProgram }
  | ({ readonly ok: false } & RefusedProgram);

/** A refused text is kept up to this length: what is wrong shows in its beginning. */
const LONGEST_SOURCE = 4000;
const MOST_COMPLAINTS = 6;
const LONGEST_DOC = 200;

/**
 * Reads the programs of a reply, each once: what comes out is carried to the end. Wrong ones do not spoil right ones. The
 * one-line reason becomes the program's doc.
 */
export function readPrograms(text: string, features: FeatureTable, caps: Caps): readonly ReadProgram[] {
  return replyBlocks(text).map(({ reason, source }): ReadProgram => {
    const refuse = (complaints: readonly string[]): ReadProgram => ({
      ok: false,
      reason,
      source: source.length > LONGEST_SOURCE ? `${source.slice(0, LONGEST_SOURCE)}…` : source,
      complaints: complaints.slice(0, MOST_COMPLAINTS),
    });
    const parsed = parseProgram(source, { features, caps });
    if (!parsed.ok) return refuse(parsed.diagnostics.map(formatDiagnostic));
    const doc = reason === '' ? oneLine(parsed.program.doc, LONGEST_DOC) : reason;
    const result = checkProgram({ ...parsed.program, doc }, { features, caps });
    if (!result.ok) return refuse(result.diagnostics.map(formatDiagnostic));
    if (result.checked.complexity.features.length === 0)
      return refuse(['1:1 the program reads no feature; use batch.<feature>']);
    return { ok: true, checked: result.checked };
  });
}
