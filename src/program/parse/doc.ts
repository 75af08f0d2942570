import type { Comment } from 'acorn';

const LINE_BREAK = /\r\n?|[\n\u2028\u2029]/;

function linesOf(comment: Comment): string[] {
  if (comment.type === 'Line') return [comment.value.replace(/^ /, '')];
  return comment.value.split(LINE_BREAK).map((line) => line.replace(/^\s*\* ?/, ''));
}

/** The comments before the first statement, without their marks and without directives for tools (`@ts-check`). */
export function leadingDoc(comments: readonly Comment[], firstStatement: number): string {
  return comments
    .filter((comment) => comment.end <= firstStatement)
    .flatMap(linesOf)
    .map((line) => line.trimEnd())
    .filter((line) => !/^\s*@ts-\w+\s*$/.test(line))
    .join('\n')
    .trim();
}
