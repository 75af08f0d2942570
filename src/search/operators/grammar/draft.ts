import { GraphBuilder, type OpName, type Program } from '../../../program/index.ts';

/** Index of the node that is the program's value. */
export function rootOf(program: Program): number {
  return program.graph.roots[0] as number;
}

/** A program in the making: a graph builder that also knows the constants and their start values. */
export class Draft {
  readonly #builder: GraphBuilder = new GraphBuilder();
  readonly #starts: Map<string, number>;
  /** How the constants of programs other than the base are called here. */
  readonly #renamed = new Map<Program, Map<string, string>>();
  readonly #base: Program;

  /** Constants of `base` keep their names, those of other programs give way to them. */
  constructor(base: Program) {
    this.#base = base;
    this.#starts = new Map(base.constants.map(({ name, start }) => [name, start]));
  }

  number(value: number): number {
    return this.#builder.number(value);
  }

  feature(name: string): number {
    return this.#builder.feature(name);
  }

  /** A constant that is not in use yet, named after `hint`. */
  constant(hint: string, start: number): number {
    let name = hint;
    for (let n = 2; this.#starts.has(name); n++) name = `${hint}${n}`;
    this.#starts.set(name, start);
    return this.#builder.constant(name);
  }

  op(op: OpName, ...args: number[]): number {
    return this.#builder.op(op, ...args);
  }

  /** Copies the expression at a node of a program; `substitute` answers what stands in a node's place. */
  take(program: Program, node: number, substitute?: (index: number) => number | undefined): number {
    return this.#builder.copy(program.graph, node, (copied, index) => {
      const replacement = substitute?.(index);
      if (replacement !== undefined || copied.kind !== 'constant' || program === this.#base) return replacement;
      return this.#builder.constant(this.#rename(program, copied.name));
    });
  }

  /** The base with one node replaced, wherever it is used; `make` gets a copy of the node. */
  replace(node: number, make: (copy: number) => number): Program {
    const replacement = make(this.take(this.#base, node));
    return this.finish(this.take(this.#base, rootOf(this.#base), (i) => (i === node ? replacement : undefined)));
  }

  /** The program whose value is `root`. Its comment is gone: it told of the parent. */
  finish(root: number): Program {
    const graph = this.#builder.build([root]);
    const used = new Set(graph.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
    const constants = [...this.#starts].filter(([name]) => used.has(name)).map(([name, start]) => ({ name, start }));
    return { doc: '', constants, graph };
  }

  #rename(program: Program, name: string): string {
    const names = this.#renamed.get(program) ?? new Map<string, string>();
    this.#renamed.set(program, names);
    const known = names.get(name);
    if (known !== undefined) return known;
    const start = program.constants.find((constant) => constant.name === name)?.start ?? 1;
    let free = name;
    for (let n = 2; this.#starts.has(free); n++) free = `${name}${n}`;
    this.#starts.set(free, start);
    names.set(name, free);
    return free;
  }
}
