/** A node of a syntax tree (ESTree, as acorn gives it). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A function that stands beside others. */
export interface Helper {
  readonly name: string;
  readonly parameters: readonly SyntaxNode[];
  readonly body: SyntaxNode;
}

/** What a function may use from beside it. */
export interface Helpers {
  readonly text: string;
  readonly functions: ReadonlyMap<string, Helper>;
  readonly values: ReadonlyMap<string, SyntaxNode>;
}

/** Calls within calls, and length of what comes of it. */
const DEPTH = 16;
const LONGEST = 1 << 16;

/** What cannot be written in place. */
class Unclear extends Error {}

/** What a name stands for; `null` is a name of the place itself, which stays. */
type Scope = ReadonlyMap<string, string | null>;

/**
 * The body of a function with calls of helpers written in place, and with values from beside it declared at its start. A helper is an
 * expression, or constants and then one `return`: a call of it has the value of that expression with the arguments in place of the
 * parameters. A number of a helper stays one number, however often the helper is called, because each number of a program is fitted.
 *
 * @returns the body as a block; undefined where something cannot be written in place
 */
export function expand(main: Helper, helpers: Helpers): string | undefined {
  try {
    const own = new Map<string, null>(
      [...main.parameters, main.body].flatMap(namesDeclared).map((name) => [name, null]),
    );
    const expander = new Expander(helpers, own);
    const body = expander.written(main.body, own, 0, false);
    const block = main.body.type === 'BlockStatement' ? body.slice(1) : `\n  return ${body};\n}`;
    return `{${expander.shared.map(([name, value]) => `\n  const ${name} = ${value};`).join('')}${block}`;
  } catch (error) {
    if (error instanceof Unclear) return undefined;
    throw error;
  }
}

class Expander {
  readonly #helpers: Helpers;
  /** Names of the function itself. */
  readonly #own: ReadonlyMap<string, null>;
  readonly #shared = new Map<string, string>();

  constructor(helpers: Helpers, own: ReadonlyMap<string, null>) {
    this.#helpers = helpers;
    this.#own = own;
  }

  /** What is to be declared before the body, in order. */
  get shared(): readonly (readonly [name: string, value: string])[] {
    return [...this.#shared];
  }

  /** The text of a node. @param isClosed whether a name that means nothing here is an error, as in a helper. */
  written(node: SyntaxNode, scope: Scope, depth: number, isClosed: boolean): string {
    if (depth > DEPTH) throw new Unclear();
    const { text } = this.#helpers;
    let made = '';
    let from = node.start;
    const replace = ({ start, end }: SyntaxNode, by: string): void => {
      made += text.slice(from, start) + by;
      from = end;
      if (made.length > LONGEST) throw new Unclear();
    };
    const visit = (here: SyntaxNode, around: Scope): void => {
      if (here.type === 'Identifier') {
        const by = this.#valueOf(here['name'] as string, around, depth, isClosed);
        if (by !== null) replace(here, by);
      } else if (
        isClosed &&
        here.type === 'Literal' &&
        typeof here['value'] === 'number' &&
        !Number.isInteger(here['value'])
      ) {
        replace(
          here,
          this.#share(`number${here.start}`, () => text.slice(here.start, here.end)),
        );
      } else if (here.type === 'CallExpression' && this.#isHelper(here, around)) {
        replace(here, this.#call(here, around, depth, isClosed));
      } else {
        const within = here.type.includes('Function')
          ? withNames(around, (here['params'] as readonly SyntaxNode[]).flatMap(namesDeclared))
          : around;
        for (const child of childrenOf(here)) visit(child, within);
      }
    };
    visit(node, scope);
    return made + text.slice(from, node.end);
  }

  #isHelper({ callee }: SyntaxNode, scope: Scope): boolean {
    const { type, name } = callee as { readonly type: string; readonly name: string };
    return type === 'Identifier' && !scope.has(name) && this.#helpers.functions.has(name);
  }

  /** What stands for a name; null where the name stays. */
  #valueOf(name: string, scope: Scope, depth: number, isClosed: boolean): string | null {
    const known = scope.get(name);
    if (known !== undefined) return known;
    const value = this.#helpers.values.get(name);
    if (value !== undefined) return this.#share(name, () => this.written(value, new Map(), depth + 1, false));
    if (this.#helpers.functions.has(name) || (isClosed && name !== 'Math')) throw new Unclear();
    return null;
  }

  #share(name: string, value: () => string): string {
    if (this.#own.has(name)) throw new Unclear();
    if (!this.#shared.has(name)) {
      const made = value();
      this.#shared.set(name, made);
    }
    return name;
  }

  #call(node: SyntaxNode, scope: Scope, depth: number, isClosed: boolean): string {
    const helper = this.#helpers.functions.get((node['callee'] as SyntaxNode)['name'] as string) as Helper;
    const given = node['arguments'] as readonly SyntaxNode[];
    if (given.length !== helper.parameters.length) throw new Unclear();
    const names = new Map<string, string | null>();
    helper.parameters.forEach((parameter, i) => {
      if (parameter.type !== 'Identifier') throw new Unclear();
      names.set(parameter['name'] as string, `(${this.written(given[i] as SyntaxNode, scope, depth + 1, isClosed)})`);
    });
    if (helper.body.type !== 'BlockStatement') return `(${this.written(helper.body, names, depth + 1, true)})`;
    for (const statement of helper.body['body'] as readonly SyntaxNode[]) {
      if (statement.type === 'ReturnStatement' && statement['argument']) {
        return `(${this.written(statement['argument'] as SyntaxNode, names, depth + 1, true)})`;
      }
      if (statement.type !== 'VariableDeclaration' || statement['kind'] !== 'const') break;
      for (const { id, init } of statement['declarations'] as readonly Record<'id' | 'init', SyntaxNode>[]) {
        if (id.type !== 'Identifier') throw new Unclear();
        names.set(id['name'] as string, `(${this.written(init, names, depth + 1, true)})`);
      }
    }
    throw new Unclear();
  }
}

function withNames(scope: Scope, names: readonly string[]): Scope {
  return new Map([...scope, ...names.map((name): [string, null] => [name, null])]);
}

/** Names that a pattern or the statements of a body declare. */
function namesDeclared(node: SyntaxNode): readonly string[] {
  if (node.type === 'Identifier') return [node['name'] as string];
  return [...descendants(node)].flatMap((each) => {
    const id = each.type === 'VariableDeclarator' ? (each['id'] as SyntaxNode) : undefined;
    return id?.type === 'Identifier' ? [id['name'] as string] : [];
  });
}

function* descendants(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* descendants(child);
}

/** The nodes below a node, but not names that are keys of members and properties. */
function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.entries(node)
    .filter(([key]) => !(['property', 'key'].includes(key) && node['computed'] !== true))
    .flatMap(([, value]) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]))
    .filter(
      (value): value is SyntaxNode =>
        typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string',
    )
    .sort((a, b) => a.start - b.start);
}
