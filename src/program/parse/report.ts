import type { Node } from 'acorn';
import type { Diagnostic } from '../diagnostic.ts';
import { position } from './scan.ts';

const LIMIT = 20;
const EXCERPT = 60;

/** Thrown to leave the walk when there is nothing more to gain from going on. */
export class Stop extends Error {}

/** Collects what is wrong with one text, at most twenty findings, in order of position. */
export class Report {
  readonly #text: string;
  readonly #found: Diagnostic[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  add(offset: number, code: string, message: string, mend: string): void {
    this.#found.push(Object.freeze({ code, message, mend, ...position(this.#text, offset) }));
    if (this.#found.length >= LIMIT) throw new Stop();
  }

  /** The text of a node on one line, shortened. */
  excerpt(node: Node): string {
    const text = this.#text.slice(node.start, Math.min(node.end, node.start + 4 * EXCERPT)).replace(/\s+/g, ' ');
    return text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1)}…` : text;
  }

  diagnostics(): readonly Diagnostic[] {
    return Object.freeze(this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column));
  }
}
