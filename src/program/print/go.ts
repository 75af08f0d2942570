import { isBoolean } from '../graph-builder.ts';
import { literalOf, useCounts } from '../graph-tools.ts';
import { own } from '../interpret.ts';
import type { Graph } from '../ir.ts';
import { OPERATIONS, type OpName } from '../operations.ts';
import { atom, type Term } from '../spelling.ts';
import { numberTerm, numberText } from './terms.ts';

export interface GoNames {
  /** Go expression (float64) of each feature: a name, field or index, something that is cheap to repeat. */
  readonly feature: Readonly<Record<string, string>>;
  /** Go expression (float64) of each constant. */
  readonly constant: Readonly<Record<string, string>>;
  /** Prefix of the locals that the statements declare, default `t`: `t1`, `t2`, … must not be taken. */
  readonly localPrefix?: string;
}

export interface GoBody {
  /** Lines of Go, gofmt-clean at indentation 0: locals for shared nodes and for choices. */
  readonly statements: readonly string[];
  /** One float64 expression for each root. */
  readonly results: readonly string[];
  /** Whether statements, results or helpers use the package math. */
  readonly usesMath: boolean;
  /** Package-level functions that the code calls, as text; print each once in a package. */
  readonly helpers: readonly string[];
}

function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'math.NaN()';
  if (!Number.isFinite(value)) return `math.Inf(${value > 0 ? 1 : -1})`;
  if (Object.is(value, -0)) return 'math.Copysign(0, -1)';
  const text = numberText(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Go computes with literals at compile time, exactly, and refuses to divide by 0: such numbers become variables. */
function needsVariables(op: OpName, literals: readonly (number | undefined)[]): boolean {
  const domain = OPERATIONS[op].domain((at) => literals[at]);
  const isAtPole = domain?.isPole === true && literals[domain.at] === domain.edge;
  return isAtPole || literals.every((value) => value !== undefined);
}

/** Arguments that the text of an operation repeats, such as the base of a square: they must be names. */
function repeatedNodes(graph: Graph): ReadonlySet<number> {
  return new Set(
    graph.nodes.flatMap((node) => {
      if (node.kind !== 'op') return [];
      const repeats = OPERATIONS[node.op].go.repeatsFirst((at) => literalOf(graph, node.args[at]));
      return repeats ? [node.args[0] ?? -1] : [];
    }),
  );
}

/**
 * Go statements and expressions for a graph; Go 1.21 and later, float64 throughout. Agrees with `interpret` to 1e-12
 * relative, except that math.Min and math.Max prefer an infinity to a NaN.
 *
 * @throws RangeError where a feature or constant has no Go expression
 */
export function printGo(graph: Graph, names: GoNames): GoBody {
  const uses = useCounts(graph);
  const repeated = repeatedNodes(graph);
  const statements: string[] = [];
  const helpers = new Set<string>();
  const terms: Term[] = [];
  let locals = 0;
  const fresh = (): string => `${names.localPrefix ?? 't'}${++locals}`;
  const declare = (text: string): Term => {
    const name = fresh();
    statements.push(`${name} := ${text}`);
    return atom(name);
  };
  const choose = ([condition, yes, no]: readonly Term[]): Term => {
    const name = declare(no?.text ?? '');
    statements.push(`if ${condition?.text ?? ''} {`, `\t${name.text} = ${yes?.text ?? ''}`, '}');
    return name;
  };
  graph.nodes.forEach((node, i) => {
    if (node.kind === 'number') terms.push(numberTerm(node.value, goNumber(node.value), 6));
    else if (node.kind === 'feature') terms.push(atom(own(names.feature, node.name, 'feature')));
    else if (node.kind === 'constant') terms.push(atom(own(names.constant, node.name, 'constant')));
    else {
      const { write, helper } = OPERATIONS[node.op].go;
      if (helper !== undefined) helpers.add(helper.text);
      const plain = node.args.map((arg) => terms[arg] ?? atom('math.NaN()'));
      const bound = needsVariables(
        node.op,
        plain.map((term) => term.value),
      );
      const args = bound ? plain.map((term) => (term.value === undefined ? term : declare(term.text))) : plain;
      if (write === 'statement') terms.push(choose(args));
      else {
        const term = write(args);
        terms.push((uses[i] ?? 0) > 1 || repeated.has(i) ? declare(term.text) : term);
      }
    }
  });
  const results = graph.roots.map((root) => {
    const node = graph.nodes[root];
    if (node !== undefined && isBoolean(node)) throw new RangeError('a root that is a condition has no float64 value');
    return terms[root]?.text ?? 'math.NaN()';
  });
  const usesMath = [...statements, ...results, ...helpers].some((text) => text.includes('math.'));
  return { statements, results, usesMath, helpers: [...helpers] };
}
