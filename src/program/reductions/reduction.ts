import { parseExpressionAt } from 'acorn';
import { GraphBuilder } from '../graph-builder.ts';
import type { Graph } from '../ir.ts';
import { ExpressionCompiler, type NameResolver } from '../parse/expressions.ts';
import { Report } from '../parse/report.ts';
import { bodyText, canonicalBody, REQUEST } from './canonical.ts';
import { isReductionName, type ReductionName } from './reduction-op.ts';

/**
 * A reduction over the requests of a batch. In a program's graph it is a feature like any other: a leaf, whose name is its
 * canonical text. So everything that works on graphs works on it as it stands (simplification, derivatives, kernels, keys),
 * and only who asks for the values of a feature, or shows its name, need look inside.
 */
export interface Reduction {
  /** Canonical text: `sum((r) => r.context * r.newTokens)`; `batch.` before it makes the text of a program. */
  readonly name: string;
  readonly over: ReductionName;
  /** Over fields of a request, as features, and numbers; no constants. */
  readonly body: Graph;
}

/** Distinct reductions of a program, at most: each takes a column beside those of the data. */
export const MOST_REDUCTIONS = 4;
/** Characters of a name; many times what the caps leave room for. */
const LONGEST = 2000;
const PATTERN = /^([a-z]+)\(\(r\) => (.+)\)$/s;

/** Canonical forms by text: the same few are asked for again and again. */
const known = new Map<string, Reduction | undefined>();
const MOST_KNOWN = 4096;

/** The reduction over a body as it was written. @throws RangeError where it is too long to be a name. */
export function makeReduction(over: ReductionName, body: Graph): Reduction {
  let canonical = canonicalBody(body);
  let text = bodyText(canonical);
  // Sorting may bring together what simplification joins; two rounds are enough for all that was seen.
  for (let round = 0; round < 4; round++) {
    const again = canonicalBody(parseBody(text));
    const next = bodyText(again);
    canonical = again;
    if (next === text) break;
    text = next;
  }
  const name = `${over}((${REQUEST}) => ${text})`;
  if (name.length > LONGEST) throw new RangeError(`a reduction of ${name.length} characters is too long`);
  return Object.freeze({ name, over, body: canonical });
}

/** The reduction that a feature's name stands for; undefined for every other name, and for text that is not canonical. */
export function reductionOf(name: string): Reduction | undefined {
  // Names of features have no brackets; graphs may come over a wire.
  if (typeof name !== 'string' || !name.endsWith(')')) return undefined;
  if (known.has(name)) return known.get(name);
  if (known.size >= MOST_KNOWN) known.clear();
  const found = readName(name);
  known.set(name, found);
  return found;
}

/** The distinct reductions that a graph reads, in order of first use. */
export function reductionsOf(graph: Graph): readonly Reduction[] {
  return graph.nodes.flatMap((node) => (node.kind === 'feature' ? (reductionOf(node.name) ?? []) : []));
}

/** Fields of a request that a reduction reads, in order of first use. */
export function fieldsOf({ body }: Pick<Reduction, 'body'>): readonly string[] {
  return body.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
}

function readName(name: string): Reduction | undefined {
  if (name.length > LONGEST) return undefined;
  const [, over = '', text = ''] = PATTERN.exec(name) ?? [];
  if (!isReductionName(over)) return undefined;
  try {
    const reduction = makeReduction(over, parseBody(text));
    return reduction.name === name ? reduction : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws SyntaxError where the text is no expression over fields of `r` */
function parseBody(text: string): Graph {
  const builder = new GraphBuilder();
  const report = new Report(text);
  const refuse = (): undefined => {
    report.add(0, 'reduction', 'not a body', '');
  };
  const names: NameResolver = {
    number: (value) => builder.number(value),
    identifier: refuse,
    member: ({ object, property, computed }) =>
      object.type === 'Identifier' && object.name === REQUEST && property.type === 'Identifier' && !computed
        ? { node: builder.feature(property.name), type: 'number' }
        : refuse(),
  };
  const node = parseExpressionAt(text, 0, { ecmaVersion: 2022 });
  if (node.end !== text.length) throw new SyntaxError('text after the body');
  const value = new ExpressionCompiler(builder, report, names).number(node);
  if (!report.isEmpty) throw new SyntaxError('not a body');
  return builder.build([value.node]);
}
