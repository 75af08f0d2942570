import { evaluateColumns, GraphBuilder, type Graph, printExpression } from '../../src/program/index.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import type { Rows } from './formula-rows.ts';
import type { Answer } from './outcome.ts';
import type { Problem, Task } from './problem.ts';
import { searchTable } from './search-table.ts';

/** Characters of a formula that are shown. */
const LONGEST = 200;
const DIGITS = 6;

/** What our search makes of a problem. */
export async function askEvolve(problem: Problem, { seed }: Task, seconds: number): Promise<Answer> {
  const start = cpuSeconds();
  const { pick, candidates, fitted, drafts } = await searchTable(problem, seconds, seed);
  const used = cpuSeconds() - start;
  const constants = pick.evaluation.fits[0]!.constants;
  const { graph } = pick.program;
  const { table } = problem;
  const predict = ({ columns, y }: Rows): Float64Array => {
    const named = Object.fromEntries(table.features.map(({ name }, at) => [name, columns[at]!]));
    return evaluateColumns(graph, named, constants, y.length)[0]!;
  };
  return {
    candidates,
    fitted,
    drafts,
    cpuSeconds: used,
    operations: pick.criteria.operations,
    formula: formulaOf(graph, constants),
    test: predict(problem.test),
    wide: predict(problem.wide),
  };
}

/** On one line, with the fitted constants in place. */
function formulaOf(graph: Graph, constants: Readonly<Record<string, number>>): string {
  const builder = new GraphBuilder();
  const root = builder.copy(graph, graph.roots[0]!, (node) =>
    node.kind === 'constant' ? builder.number(Number(constants[node.name]!.toPrecision(DIGITS))) : undefined,
  );
  return printExpression(builder.build([root]), LONGEST)
    .replaceAll('batch.', '')
    .replaceAll('Math.', '');
}
