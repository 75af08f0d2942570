import { parse } from 'acorn';
import { expand, type Helper, type Helpers, type SyntaxNode } from './inline.ts';

const MAIN = 'predictStepTime';
const CONSTANTS = 'constants';
/** Statements and functions of a text beyond this are not worth it. */
const MOST = 64;

/**
 * A module that keeps to one function, made from one that does not, where that changes nothing: of several versions of the function
 * the first is kept, a function by another name or written as an arrow is taken for it, and helper functions and numbers that stand
 * beside it are written in place.
 *
 * @param source plain JavaScript
 * @returns undefined where it cannot be made, e.g. because a helper branches or calls itself
 */
export function oneFunction(source: string): string | undefined {
  const text = withoutLaterVersions(source);
  let body: readonly SyntaxNode[];
  try {
    body = (
      parse(text, { ecmaVersion: 2022, sourceType: 'module' }) as unknown as { readonly body: readonly SyntaxNode[] }
    ).body;
  } catch {
    return undefined;
  }
  if (body.length > MOST) return undefined;
  const parts = body.map(declarationOf);
  const functions = parts.flatMap(functionsOf);
  const values = parts.flatMap(valuesOf);
  const main = functions.find(({ name }) => name === MAIN) ?? firstUncalled(functions, text);
  if (main === undefined) return undefined;
  const helpers: Helpers = {
    text,
    functions: new Map(functions.filter((each) => each !== main).map((each) => [each.name, each])),
    values: new Map(values.filter(({ name }) => name !== CONSTANTS).map(({ name, value }) => [name, value])),
  };
  const block = expand(main, helpers);
  if (block === undefined) return undefined;
  const constants = values.find(({ name }) => name === CONSTANTS);
  const before = constants === undefined ? '' : `export const ${CONSTANTS} = ${slice(text, constants.value)};\n\n`;
  const head = main.parameters.map((each) => slice(text, each)).join(', ');
  return `${before}export function ${MAIN}(${head}) ${block}\n`;
}

/** Later functions of the same name would be no JavaScript; they go by names of their own. */
function withoutLaterVersions(source: string): string {
  let version = 0;
  return source.replaceAll(new RegExp(`(\\bfunction\\s+)${MAIN}\\b`, 'g'), (all, head: string) =>
    version++ === 0 ? all : `${head}${MAIN}Version${version}`,
  );
}

function slice(text: string, { start, end }: SyntaxNode): string {
  return text.slice(start, end);
}

function declarationOf(statement: SyntaxNode): SyntaxNode {
  return statement.type.startsWith('Export')
    ? ((statement['declaration'] as SyntaxNode | null) ?? statement)
    : statement;
}

interface Named {
  readonly name: string;
  readonly value: SyntaxNode;
}

/** What the variables of a declaration hold. */
function held(node: SyntaxNode): readonly Named[] {
  if (node.type !== 'VariableDeclaration') return [];
  return (node['declarations'] as readonly SyntaxNode[]).flatMap((each) => {
    const id = each['id'] as SyntaxNode;
    const value = each['init'] as SyntaxNode | null;
    return id.type === 'Identifier' && value !== null ? [{ name: id['name'] as string, value }] : [];
  });
}

function valuesOf(node: SyntaxNode): readonly Named[] {
  return held(node).filter(({ value }) => !value.type.includes('Function'));
}

function functionsOf(node: SyntaxNode): readonly Helper[] {
  const named =
    node.type === 'FunctionDeclaration'
      ? [{ name: ((node['id'] as SyntaxNode | null)?.['name'] as string | undefined) ?? '', value: node }]
      : held(node).filter(({ value }) => value.type.includes('Function'));
  return named
    .filter(({ value }) => value['async'] !== true && value['generator'] !== true)
    .map(({ name, value }) => ({
      name,
      parameters: value['params'] as readonly SyntaxNode[],
      body: value['body'] as SyntaxNode,
    }));
}

/** Where none has the name, the first that is no helper of another. */
function firstUncalled(functions: readonly Helper[], text: string): Helper | undefined {
  return functions.find(({ name }) =>
    functions.every(
      (other) =>
        other.name === name || !new RegExp(`\\b${name.replaceAll('$', '\\$')}\\s*\\(`).test(slice(text, other.body)),
    ),
  );
}
