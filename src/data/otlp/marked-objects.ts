/** An object of a JSON text, as text, and the line on which it begins. */
export interface MarkedObject {
  readonly text: string;
  readonly line: number;
}

/** The text is not JSON; the message says why, `line` says where. */
export class BrokenJson extends Error {
  readonly line: number;

  constructor(problem: string, line: number) {
    super(problem);
    this.line = line;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** Code units up to this one are white space or belong to no JSON text. */
const SPACE = 0x20;

/** Objects that are longer hold no event, but many: their beginning is let go of. */
const LONGEST_OBJECT = 1 << 20;

/** An object or an array that is open. */
interface Level {
  readonly isObject: boolean;
  /** Offset of its beginning in the bytes at hand; negative once it is gone. */
  start: number;
  readonly line: number;
  isMarked: boolean;
}

/**
 * Those objects of a JSON text that hold a certain string as one of their own keys or values: in one document or in several, on
 * lines of their own or not, pretty or not. Nothing else is parsed, and not more than the longest such object is held, so a
 * text of any length can be read.
 *
 * @throws BrokenJson where brackets do not match, the text ends within a document, or something else stands between documents.
 */
export async function* markedObjects(chunks: AsyncIterable<Uint8Array>, mark: string): AsyncGenerator<MarkedObject> {
  const wanted = Buffer.from(mark, 'utf8');
  const levels: Level[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  let line = 1;
  for await (const chunk of chunks) {
    // What is still needed: from the first object that may be an event on, or from the string that is cut off.
    const kept = Math.min(at, ...levels.map(({ start }) => (start < 0 ? at : start)));
    bytes = Buffer.concat([bytes.subarray(kept), chunk]);
    at -= kept;
    for (const level of levels) level.start -= level.start < 0 ? 0 : kept;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        const end = stringEnd(bytes, at);
        if (end < 0) break;
        const level = levels.at(-1);
        if (level === undefined) throw new BrokenJson('a text stands outside of any document', line);
        if (end - at - 1 === wanted.length && bytes.subarray(at + 1, end).equals(wanted)) level.isMarked = true;
        at = end;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        levels.push({ isObject: byte === OPEN_OBJECT, start: at, line, isMarked: false });
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        const level = levels.pop();
        if (level?.isObject !== (byte === CLOSE_OBJECT)) throw new BrokenJson('brackets do not match', line);
        if (level.isMarked && level.isObject && level.start >= 0) {
          yield { text: bytes.toString('utf8', level.start, at + 1), line: level.line };
        }
      } else if (byte === NEWLINE) line++;
      else if (byte > SPACE && levels.length === 0 && !isByteOrderMark(byte)) {
        throw new BrokenJson('no JSON document begins here', line);
      } else if (byte < 0x09) throw new BrokenJson('the file is binary', line);
    }
    for (const level of levels) if (at - level.start > LONGEST_OBJECT) level.start = -1;
  }
  if (levels.length > 0) throw new BrokenJson('the file ends within a document', line);
}

/** Offset of the quote that ends the string which begins at `start`; negative where it is not at hand. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}
