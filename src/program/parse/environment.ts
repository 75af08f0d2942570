import type { Value } from './expressions.ts';

/** A declared local; two of the same name in different blocks are two bindings. */
export interface Binding {
  readonly name: string;
  readonly constant: boolean;
}

/** What each local holds on one path through the program. A branch is a layer that keeps what the branch changed. */
export class Environment {
  readonly #parent: Environment | undefined;
  readonly #values = new Map<Binding, Value | undefined>();

  constructor(parent?: Environment) {
    this.#parent = parent;
  }

  /** The value, or undefined where nothing was assigned on this path. */
  get(binding: Binding): Value | undefined {
    return this.#values.has(binding) ? this.#values.get(binding) : this.#parent?.get(binding);
  }

  set(binding: Binding, value: Value | undefined): void {
    this.#values.set(binding, value);
  }

  changed(): readonly Binding[] {
    return [...this.#values.keys()];
  }
}

/** Names in reach, by block. */
export class Block {
  readonly #parent: Block | undefined;
  readonly #names = new Map<string, Binding>();

  constructor(parent?: Block) {
    this.#parent = parent;
  }

  find(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#parent?.find(name);
  }

  declare(binding: Binding): void {
    this.#names.set(binding.name, binding);
  }

  names(): string[] {
    return [...(this.#parent?.names() ?? []), ...this.#names.keys()];
  }
}
