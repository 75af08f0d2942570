import { expect, it } from 'vitest';
import { type Node, SOURCES } from './sources.ts';

/** Names of the functions that a module writes as constants; those whose type says what they are, are values. */
function arrowsAtTopLevel(tree: Node): readonly string[] {
  return (tree['body'] as readonly Node[])
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? (statement['declaration'] as Node) : statement))
    .filter((statement) => statement?.type === 'VariableDeclaration')
    .flatMap(({ declarations }) => declarations as readonly Node[])
    .filter(({ id, init }) => {
      const isTyped = Boolean((id as Node)['typeAnnotation']);
      return !isTyped && (init as Node | null)?.type === 'ArrowFunctionExpression';
    })
    .map(({ id }) => String((id as Node)['name']));
}

it('a function of a module is declared as one; arrows are for values', () => {
  expect(SOURCES.flatMap(({ path, tree }) => arrowsAtTopLevel(tree).map((name) => `${path}: ${name}`))).toEqual([]);
});
