import { oneLine, replyBlocks } from '../../../llm/index.ts';
import {
  type Caps,
  checkCaps,
  type FeatureTable,
  formatDiagnostic,
  measure,
  parseProgram,
  type Program,
  simplify,
} from '../../../program/index.ts';
import type { RefusedProgram } from './prompt.ts';

/** A block of a reply: a program, or text that is none with the complaints. */
export type ReadProgram = { readonly ok: true; readonly program: Program } | ({ readonly ok: false } & RefusedProgram);

/** A refused text is kept up to this length: what is wrong shows in its beginning. */
const LONGEST_SOURCE = 4000;
const MOST_COMPLAINTS = 6;
const LONGEST_DOC = 200;

/** Reads the programs of a reply; wrong ones do not spoil right ones. The one-line reason becomes the program's doc. */
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
    const program = simplify(parsed.program);
    const overCaps = checkCaps(program, caps);
    if (overCaps.length > 0) return refuse(overCaps.map(formatDiagnostic));
    if (measure(program).features.length === 0)
      return refuse(['1:1 the program reads no feature; use batch.<feature>']);
    return { ok: true, program: { ...program, doc: reason === '' ? oneLine(program.doc, LONGEST_DOC) : reason } };
  });
}
