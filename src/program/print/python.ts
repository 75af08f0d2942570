import { useCounts } from '../graph-tools.ts';
import { own } from '../interpret.ts';
import type { Graph } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { atom, type Term } from '../spelling.ts';
import { numberTerm, numberText } from './terms.ts';

/** Expressions for what a graph reads. */
export interface PythonNames {
  /** Of each feature: an expression that is cheap to repeat. */
  readonly feature: Readonly<Record<string, string>>;
  readonly constant: Readonly<Record<string, string>>;
}

/** A graph in Python: it calls NumPy as `np`, and takes numbers and arrays alike. */
export interface PythonBody {
  /** Locals for what is used more than once, `t1`, `t2`, …, one a line. */
  readonly statements: readonly string[];
  /** The value of the first root. */
  readonly result: string;
}

function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'np.nan';
  if (!Number.isFinite(value)) return value > 0 ? 'np.inf' : '-np.inf';
  const text = numberText(value);
  // A whole number would be an integer, of which NumPy takes no negative power.
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * Python statements and an expression for a graph; agrees with `interpret` to rounding.
 *
 * @throws RangeError where a feature or constant has no expression
 */
export function printPython(graph: Graph, names: PythonNames): PythonBody {
  const uses = useCounts(graph);
  const statements: string[] = [];
  const terms: Term[] = [];
  graph.nodes.forEach((node, i) => {
    if (node.kind === 'number') terms.push(numberTerm(node.value, pythonNumber(node.value), 6));
    else if (node.kind === 'feature') terms.push(atom(own(names.feature, node.name, 'feature')));
    else if (node.kind === 'constant') terms.push(atom(own(names.constant, node.name, 'constant')));
    else {
      const term = OPERATIONS[node.op].python(node.args.map((arg) => terms[arg] ?? atom('np.nan')));
      const isShared = (uses[i] ?? 0) > 1;
      if (isShared) statements.push(`t${statements.length + 1} = ${term.text}`);
      terms.push(isShared ? atom(`t${statements.length}`) : term);
    }
  });
  return { statements, result: terms[graph.roots[0] ?? -1]?.text ?? 'np.nan' };
}
