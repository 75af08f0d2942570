/** A stretch of text that two versions share, or that one of them has alone. */
export interface DiffPart {
  /** Whether both versions have it, only the first (`removed`), or only the second (`added`). */
  readonly kind: 'same' | 'removed' | 'added';
  /** As it stands in the source. */
  readonly text: string;
}

function tokensOf(text: string): readonly string[] {
  return text.match(/\s+|[\w.$]+|[^\s\w]/g) ?? [];
}

/** Lengths of the longest common subsequences of all suffixes. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

/** The change from one text to another, word by word; joined, the parts that are not `added` give `before`. */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  return diffOf(tokensOf(before), tokensOf(after));
}

/** The change from one text to another, line by line; a part is whole lines. */
export function diffLines(before: string, after: string): readonly DiffPart[] {
  return diffOf(linesOf(before), linesOf(after));
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function diffOf(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  const lengths = commonLengths(a, b);
  const parts: { kind: DiffPart['kind']; text: string }[] = [];
  const push = (kind: DiffPart['kind'], text: string): void => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push('same', a[i]!);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) push('removed', a[i++]!);
    else push('added', b[j++]!);
  }
  return parts;
}

/**
 * What a program computes, without its doc comment and the values of its constants: the part of the text in which a
 * change means something.
 */
export function functionText(source: string): string {
  const at = source.indexOf('export function');
  return (at < 0 ? source : source.slice(at)).trim();
}
