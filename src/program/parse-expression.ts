import { parseExpressionAt } from 'acorn';
import { GraphBuilder } from './graph-builder.ts';
import type { Graph } from './ir.ts';
import { ExpressionCompiler, type NameResolver } from './parse/expressions.ts';
import { Report } from './parse/report.ts';
import { formatDiagnostic } from './format-diagnostic.ts';

/**
 * Reads one arithmetic expression over bare names, which become features; numbers stay as they are. For the project's
 * own formulas: an error in the text is a programming error.
 *
 * @throws Error that says what is wrong and where
 */
export function parseExpression(text: string, names: readonly string[]): Graph {
  const builder = new GraphBuilder();
  const report = new Report(text);
  const known = new Set(names);
  const resolver: NameResolver = {
    number: (value) => builder.number(value),
    identifier: (node) => {
      if (known.has(node.name)) return { node: builder.feature(node.name), type: 'number' };
      report.add(node.start, 'unknown-name', `there is no ${node.name} here`, `use one of ${names.join(', ')}`);
      return undefined;
    },
    member: (node) => {
      report.add(node.start, 'member', 'only functions of Math are read by a dot', 'use bare names');
      return undefined;
    },
  };
  const node = parseExpressionAt(text, 0, { ecmaVersion: 2022 });
  if (text.slice(node.end).trim() !== '') {
    report.add(node.end, 'syntax', 'there is text after the expression', 'delete it');
  }
  const value = new ExpressionCompiler(builder, report, resolver).number(node);
  const [first] = report.diagnostics();
  if (first !== undefined) throw new Error(`formula \`${text}\`: ${formatDiagnostic(first)}`);
  return builder.build([value.node]);
}
