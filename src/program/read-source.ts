import type { Caps } from './caps.ts';
import type { IrNode, Program } from './ir.ts';
import { OPERATIONS } from './operations.ts';
import { parseProgram } from './parse-program.ts';
import { isSmallInteger } from './rewrite.ts';

/** What was printed from a program may be read back whatever its size: the caps are a gate of the evaluation. */
const UNCAPPED: Pick<Caps, 'textBytes' | 'nesting'> = { textBytes: Infinity, nesting: 1000 };

/** One line that means nothing inside a comment and has no space around it, or none. */
const PLAIN_DOC = /^(?:[^\s*/@](?:[^*\n\r\u2028\u2029]*[^\s*])?)?$/u;

/**
 * Reads back a program that a search has printed.
 *
 * @throws Error where the text is not a program: the log was changed by hand.
 */
export function readSource(source: string): Program {
  const parsed = parseProgram(source, { caps: UNCAPPED });
  if (parsed.ok) return parsed.program;
  throw new Error(`a logged program does not parse: ${parsed.diagnostics[0]?.message ?? 'unknown reason'}`);
}

/**
 * Whether a simplified program is sure to come back from its own text as it is, so that nobody has to read it. What may not:
 * numbers that the text would make constants of, start values that are no number or −0, constants that nothing uses, and docs
 * that a comment changes.
 */
export function readsBackAsIs({ doc, constants, graph: { nodes } }: Program): boolean {
  const used = new Set(nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
  const isKept = (node: IrNode | undefined): boolean => node?.kind !== 'number' || isSmallInteger(node.value);
  return (
    PLAIN_DOC.test(doc) &&
    constants.length === used.size &&
    constants.every(({ name, start }) => used.has(name) && Number.isFinite(start) && !Object.is(start, -0)) &&
    nodes.every(
      (node) =>
        node.kind !== 'op' || node.args.every((arg, at) => at === OPERATIONS[node.op].numberAt || isKept(nodes[arg])),
    )
  );
}
