import { printLatex, printSource } from '../../program/index.ts';
import type { ExportFile } from '../types.ts';
import type { FormulaInput } from './types.ts';
import { originLines } from './words.ts';

const DIGITS = 6;

/** The formula as LaTeX, with the constants of each group below it. */
export function latexFiles(input: FormulaInput): readonly ExportFile[] {
  const { program, fits, target } = input;
  const constants = fits.map(({ group, constants: values }) => {
    const list = program.constants.map(
      ({ name }) => `\\mathit{${name.replaceAll('_', '\\_')}} = ${Number(values[name]!.toPrecision(DIGITS))}`,
    );
    return `% ${group.replaceAll(/\s+/g, ' ')}\n\\[ ${list.join(',\\quad ')} \\]\n`;
  });
  const origin = originLines(input).map((line) => `% ${line}\n`);
  const formula = `\\[\n${printLatex(program, target.name)}\\]\n`;
  const below = program.constants.length === 0 ? [] : ['% Constants by group:\n', ...constants];
  return [{ path: 'formula.tex', content: [...origin, '% Needs the package amsmath.\n', formula, ...below].join('') }];
}

/** The formula as a graph in JSON: nodes name those that they are made of by their place, which comes before. */
export function treeFiles({ program, fits, target, columns, provenance }: FormulaInput): readonly ExportFile[] {
  const { nodes, roots } = program.graph;
  const tree = {
    format: 'evolve-formula',
    version: 1,
    target,
    columns,
    nodes: nodes.map((node) => {
      if (node.kind === 'op') return { op: node.op, args: node.args };
      if (node.kind === 'number') return { number: node.value };
      return node.kind === 'feature' ? { column: node.name } : { constant: node.name };
    }),
    root: roots[0],
    constants: Object.fromEntries(fits.map(({ group, constants }) => [group, constants])),
    standardErrors: Object.fromEntries(fits.map(({ group, standardErrors }) => [group, standardErrors])),
    source: printSource(program),
    provenance,
  };
  return [{ path: 'formula.json', content: `${JSON.stringify(tree, null, 2)}\n` }];
}
