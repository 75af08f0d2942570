import { oneLine, type ReplyBlock, replyBlocks } from '../../../llm/index.ts';
import {
  type Caps,
  type Diagnostic,
  type FeatureTable,
  formatDiagnostic,
  parseProgram,
  type ParseResult,
} from '../../../program/index.ts';
import { type CheckedProgram, checkProgram } from '../../checked-program.ts';
import type { RefusedProgram } from './prompt.ts';
import { applyEdits, isEdits, type ShownProgram } from './reply/edits.ts';
import { oneFunction } from './reply/one-function.ts';
import { plainJavaScript } from './reply/plain-javascript.ts';
import { whatToDrop } from './reply/what-to-drop.ts';

/** A block of a reply: a program, or text that is none with the complaints. */
export type ReadProgram =
  /** `base`: the program that was edited, where it is an edit of one. */
  | { readonly ok: true; readonly checked: CheckedProgram; readonly base?: string }
  | ({ readonly ok: false } & RefusedProgram);

/** A refused text is kept up to this length: what is wrong shows in its beginning. */
const LONGEST_SOURCE = 4000;
const MOST_COMPLAINTS = 6;
const LONGEST_DOC = 200;

/**
 * Reads the programs of a reply, each once: what comes out is carried to the end. Wrong ones do not spoil right ones. The
 * one-line reason becomes the program's doc.
 *
 * @param shown programs that the model was shown, which it may edit
 */
export function readPrograms(
  text: string,
  features: FeatureTable,
  caps: Caps,
  shown: readonly ShownProgram[] = [],
): readonly ReadProgram[] {
  return replyBlocks(text).map((block): ReadProgram => {
    const { reason, source, above = '' } = block;
    const refuse = (complaints: readonly string[]): ReadProgram => ({
      ok: false,
      reason,
      source: source.length > LONGEST_SOURCE ? `${source.slice(0, LONGEST_SOURCE)}…` : source,
      complaints: complaints.slice(0, MOST_COMPLAINTS),
    });
    const edited = isEdits(source) ? applyEdits(source, above, shown) : undefined;
    if (edited?.ok === false) return refuse([...cutOff(block), `1:1 ${edited.complaint}`]);
    const parsed = read(edited?.source ?? source, { features, caps });
    if (!parsed.ok) return refuse([...cutOff(block), ...parsed.diagnostics.map(formatDiagnostic)]);
    const doc = reason === '' ? oneLine(parsed.program.doc, LONGEST_DOC) : reason;
    const result = checkProgram({ ...parsed.program, doc }, { features, caps });
    if (!result.ok) return refuse([...result.diagnostics.map(formatDiagnostic), ...whatToDrop(parsed.program, caps)]);
    if (result.checked.complexity.features.length === 0)
      return refuse(['1:1 the program reads no feature; use batch.<feature>']);
    return { ok: true, checked: result.checked, ...(edited !== undefined && { base: edited.base }) };
  });
}

function cutOff({ isOpen }: ReplyBlock): readonly string[] {
  return isOpen === true ? ['the block is cut off: the reply ended within it'] : [];
}

/** Reads a program as it is written, and where that fails without TypeScript, helpers and later versions. */
function read(source: string, options: { readonly features: FeatureTable; readonly caps: Caps }): ParseResult {
  const written = parseProgram(source, options);
  if (written.ok || written.diagnostics.some(isHopeless)) return written;
  const plain = plainJavaScript(source);
  const single = oneFunction(plain);
  const mended = [single, plain].flatMap((each) => (each === undefined ? [] : [parseProgram(each, options)]));
  // Where nothing helps, the complaints are those of the text itself, without its types.
  return mended.find(({ ok }) => ok) ?? (plain === source ? written : (mended.at(-1) ?? written));
}

function isHopeless({ code }: Diagnostic): boolean {
  return code === 'too-long' || code === 'too-large' || code === 'nesting';
}
