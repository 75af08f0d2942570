import { useCounts } from '../graph-tools.ts';
import type { Program } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { atom, type Term } from '../spelling.ts';
import { CONSTANTS_NAME, FUNCTION_NAME } from '../names.ts';
import { numberTerm, numberText } from './terms.ts';

/** How a program is printed. */
export interface SourceOptions {
  /** Values to show in place of the start values, e.g. fitted ones; a constant without one keeps its start value. */
  readonly values?: Readonly<Record<string, number>>;
}

/** Longer expressions get a name, for the reader. */
const LONGEST = 72;

function docComment(doc: string): string {
  if (doc === '') return '';
  const lines = doc.split('\n');
  // A line comment can hold what would end a block comment.
  if (doc.includes('*/')) return `${lines.map((line) => `// ${line}`.trimEnd()).join('\n')}\n`;
  if (lines.length === 1) return `/** ${doc} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

function constantsObject(program: Program, values: Readonly<Record<string, number>>): string {
  const entries = program.constants.map(({ name, start }) => {
    const value = Object.hasOwn(values, name) ? (values[name] ?? start) : start;
    return `${name}: ${numberText(value)}`;
  });
  const line = `export const ${CONSTANTS_NAME} = {${entries.length > 0 ? ` ${entries.join(', ')} ` : ''}};`;
  if (line.length <= 120) return line;
  return `export const ${CONSTANTS_NAME} = {\n${entries.map((entry) => `  ${entry},`).join('\n')}\n};`;
}

/**
 * A program as a module, in the style of the seeds: nodes that are long or used more than once are named by `const`. Parsing the
 * text gives the program back: the same graph, constants and doc.
 */
export function printSource(program: Program, options: SourceOptions = {}): string {
  const { graph } = program;
  const uses = useCounts(graph);
  const terms: Term[] = [];
  const lines: string[] = [];
  graph.nodes.forEach((node, i) => {
    if (node.kind === 'number') terms.push(numberTerm(node.value, numberText(node.value), 15));
    else if (node.kind !== 'op') terms.push(atom(`${node.kind === 'feature' ? 'batch' : 'c'}.${node.name}`));
    else {
      const term = OPERATIONS[node.op].source(node.args.map((arg) => terms[arg] ?? atom('NaN')));
      const long = term.text.length > LONGEST && !graph.roots.includes(i);
      if ((uses[i] ?? 0) < 2 && !long) terms.push(term);
      else {
        const name = `t${lines.length + 1}`;
        lines.push(`  const ${name} = ${term.text};`);
        terms.push(atom(name));
      }
    }
  });
  const result = terms[graph.roots[0] ?? -1]?.text ?? 'NaN';
  return [
    `${docComment(program.doc)}${constantsObject(program, options.values ?? {})}`,
    '',
    `export function ${FUNCTION_NAME}(batch, c) {`,
    ...lines,
    `  return ${result};`,
    '}',
    '',
  ].join('\n');
}
