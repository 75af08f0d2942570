import { type Formula, formulaAtom, type FormulaTerm, reductionNotation } from '../formula.ts';
import { useCounts } from '../graph-tools.ts';
import type { Graph, IrNode, Program } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { reductionOf } from '../reductions/index.ts';

/** One line of a program on paper. */
export interface Equation {
  /** `t1`, `t2`, … for parts that are named; the last line's is `t`. */
  readonly name: string;
  readonly formula: Formula;
}

/** Parts of more nodes than this get a line of their own, for the reader. */
const LARGEST = 12;

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function leafTerm({ kind, name }: IrNode & { readonly kind: 'feature' | 'constant' }): FormulaTerm {
  const reduction = kind === 'feature' ? reductionOf(name) : undefined;
  return reduction === undefined
    ? formulaAtom({ kind: 'name', role: kind, name })
    : reductionNotation(reduction.over, bodyTerm(reduction.body));
}

/** The body of a reduction, in one piece. */
function bodyTerm({ nodes, roots }: Graph): FormulaTerm {
  const terms: FormulaTerm[] = [];
  for (const node of nodes) {
    if (node.kind === 'op') terms.push(OPERATIONS[node.op].formula(node.args.map((arg) => terms[arg] ?? NOTHING)));
    else if (node.kind === 'number') terms.push(numberTerm(node));
    else terms.push(formulaAtom({ kind: 'name', role: 'field', name: node.name }));
  }
  return terms[roots[0] ?? -1] ?? NOTHING;
}

function numberTerm(node: IrNode & { readonly kind: 'number' }): FormulaTerm {
  return { formula: node, precedence: isNegative(node.value) ? 12 : formulaAtom(node).precedence };
}

/** A program as equations: parts that are large or used more than once first, the time itself last. */
export function equations(program: Program): readonly Equation[] {
  const { graph } = program;
  const uses = useCounts(graph);
  const lines: Equation[] = [];
  const terms: FormulaTerm[] = [];
  const sizes: number[] = [];
  graph.nodes.forEach((node, i) => {
    sizes[i] = 1;
    if (node.kind === 'number') terms.push(numberTerm(node));
    else if (node.kind !== 'op') terms.push(leafTerm(node));
    else {
      const term = OPERATIONS[node.op].formula(node.args.map((arg) => terms[arg] ?? NOTHING));
      const size = node.args.reduce((sum, arg) => sum + (sizes[arg] ?? 1), 1);
      const named = ((uses[i] ?? 0) > 1 || size > LARGEST) && !graph.roots.includes(i);
      sizes[i] = named ? 1 : size;
      if (!named) terms.push(term);
      else {
        const name = `t${lines.length + 1}`;
        lines.push({ name, formula: term.formula });
        terms.push(formulaAtom({ kind: 'name', role: 'local', name }));
      }
    }
  });
  return [...lines, { name: 't', formula: (terms[graph.roots[0] ?? -1] ?? NOTHING).formula }];
}

const NOTHING: FormulaTerm = formulaAtom({ kind: 'number', value: Number.NaN });
