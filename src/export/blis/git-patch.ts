import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { structuredPatch } from 'diff';
import type { ExportFile } from '../types.ts';
import type { EditedFile } from './anchored-edits.ts';

/** One patch in git's format for changed and new files, ordered by path. */
export function gitPatch(changed: readonly EditedFile[], added: readonly ExportFile[]): string {
  const parts = [
    ...changed.map((file) => [file.path, changedText(file)] as const),
    ...added.map((file) => [file.path, addedText(file)] as const),
  ];
  return parts
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join('');
}

function changedText({ path, before, after }: EditedFile): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks(before, after)}`;
}

function addedText({ path, content }: ExportFile): string {
  const head = `diff --git a/${path} b/${path}\nnew file mode 100644\n`;
  if (typeof content === 'string') return `${head}--- /dev/null\n+++ b/${path}\n${hunks('', content)}`;
  return `${head}${binaryText(content)}`;
}

function hunks(before: string, after: string): string {
  return structuredPatch('', '', before, after, '', '', { context: 3 })
    .hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
      // Git counts the line before an empty range.
      const start = (at: number, count: number): string => `${count === 0 ? Math.max(at - 1, 0) : at},${count}`;
      return `@@ -${start(oldStart, oldLines)} +${start(newStart, newLines)} @@\n${lines.join('\n')}\n`;
    })
    .join('');
}

/** A new file that is no text: git's `GIT binary patch`, deflated, 52 bytes a line in base 85, with the ids of both blobs. */
function binaryText(content: Uint8Array): string {
  const id = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  return (
    `index ${'0'.repeat(40)}..${id}\nGIT binary patch\n` +
    `literal ${content.length}\n${base85Lines(deflateSync(content))}\n` +
    `literal 0\n${base85Lines(deflateSync(new Uint8Array()))}\n`
  );
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const LINE_BYTES = 52;

/** Each line begins with the number of its bytes: A–Z for 1–26, a–z for 27–52. */
function base85Lines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = bytes.subarray(at, at + LINE_BYTES);
    const length = String.fromCharCode(line.length <= 26 ? 64 + line.length : 70 + line.length);
    let text = '';
    for (let i = 0; i < line.length; i += 4) text += base85Word([0, 1, 2, 3].map((k) => line[i + k] ?? 0));
    lines.push(`${length}${text}\n`);
  }
  return lines.join('');
}

function base85Word(bytes: readonly number[]): string {
  let word = bytes.reduce((value, byte) => value * 256 + byte, 0);
  let text = '';
  for (let i = 0; i < 5; i++) {
    text = DIGITS[word % 85]! + text;
    word = Math.floor(word / 85);
  }
  return text;
}
