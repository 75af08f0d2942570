import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseAst } from 'vitest/node';

/** A node of a syntax tree (ESTree), as far as these tests look into it. */
export interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A source file: its path below `src/`, with `/`, and its syntax tree. */
export interface Source {
  readonly path: string;
  readonly tree: Node;
}

const ROOT = resolve(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/** Every source file of the project. */
export const SOURCES: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({
    path: relative(SRC, join(SRC, file)).replaceAll('\\', '/'),
    tree: parseAst(readFileSync(join(SRC, file), 'utf8'), { lang: 'ts' }) as unknown as Node,
  }));

/** The templates of the prompts, by file name. */
export const PROMPTS: readonly (readonly [name: string, text: string])[] = readdirSync(join(ROOT, 'prompts'))
  .filter((name) => name.endsWith('.mustache'))
  .map((name) => [name, readFileSync(join(ROOT, 'prompts', name), 'utf8')]);

/** The node and all below it. */
export function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) yield* nodesIn(child as Node);
    }
  }
}

/** The texts in a tree: string literals and the fixed parts of templates; comments are none. */
export function textsIn(tree: Node): readonly string[] {
  return [...nodesIn(tree)].flatMap(({ type, value }) => {
    if (type === 'Literal') return typeof value === 'string' ? [value] : [];
    return type === 'TemplateElement' ? [(value as { readonly raw: string }).raw] : [];
  });
}

/** What a tree imports from a module, by name. */
export function importedFrom(tree: Node, module: string): readonly string[] {
  return [...nodesIn(tree)]
    .filter(({ type, source }) => type === 'ImportDeclaration' && (source as Node)['value'] === module)
    .flatMap(({ specifiers }) => specifiers as Node[])
    .map(({ imported }) => String((imported as Node | undefined)?.['name']));
}
