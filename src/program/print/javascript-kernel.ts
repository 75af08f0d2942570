import type { Graph } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { atom, type Term } from '../spelling.ts';
import { numberTerm, numberText } from './terms.ts';

export interface KernelOptions {
  /** Order of the feature columns; default: order of first use in the graph. May name more than the graph uses. */
  readonly featureNames?: readonly string[];
  /** Order of the constants; default: order of first use in the graph. May name more than the graph uses. */
  readonly constantNames?: readonly string[];
}

export interface JavaScriptKernel {
  /** Body of a function with the parameters of `KERNEL_PARAMETERS`. */
  readonly text: string;
  /** `features[i]` must be the column of `featureNames[i]`. */
  readonly featureNames: readonly string[];
  /** `constants[i]` must be the value of `constantNames[i]`. */
  readonly constantNames: readonly string[];
}

/**
 * `features` and `outputs` are arrays of Float64Array, `constants` is one; rows [start, end) are written, one output for each
 * root.
 */
export const KERNEL_PARAMETERS: readonly string[] = ['features', 'constants', 'outputs', 'start', 'end'];

function namesOf(graph: Graph, kind: 'feature' | 'constant'): readonly string[] {
  return graph.nodes.flatMap((node) => (node.kind === kind ? [node.name] : []));
}

function position(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index < 0) throw new RangeError(`the kernel's order of names lacks ${name}`);
  return index;
}

/**
 * The reference kernel: a loop over rows in plain JavaScript that gives the same bits as `interpret`. No name of the
 * program appears in the text: all identifiers are made here.
 *
 * @throws RangeError where a given order lacks a name that the graph uses
 */
export function printJavaScriptKernel(graph: Graph, options: KernelOptions = {}): JavaScriptKernel {
  const featureNames = options.featureNames ?? namesOf(graph, 'feature');
  const constantNames = options.constantNames ?? namesOf(graph, 'constant');
  const before: string[] = [];
  const inside: string[] = [];
  const helpers = new Set<string>();
  const terms = graph.nodes.map((): Term => atom(''));
  graph.nodes.forEach((node, i) => {
    const name = `t${i}`;
    if (node.kind === 'number') {
      terms[i] = numberTerm(node.value, numberText(node.value), 15);
      return;
    }
    terms[i] = atom(name);
    if (node.kind === 'constant') before.push(`const ${name} = constants[${position(constantNames, node.name)}];`);
    else if (node.kind === 'feature') {
      before.push(`const f${i} = features[${position(featureNames, node.name)}];`);
      inside.push(`const ${name} = f${i}[i];`);
    } else {
      const args = node.args.map((arg) => terms[arg] ?? atom('NaN'));
      const { write, helper } = OPERATIONS[node.op].javascript;
      if (helper !== undefined) helpers.add(helper.text);
      inside.push(`const ${name} = ${write(args).text};`);
    }
  });
  graph.roots.forEach((root, k) => {
    before.push(`const o${k} = outputs[${k}];`);
    inside.push(`o${k}[i] = ${terms[root]?.text ?? 'NaN'};`);
  });
  const text = [
    "'use strict';",
    ...before,
    ...helpers,
    'for (let i = start; i < end; i++) {',
    ...inside.map((line) => `  ${line}`),
    '}',
  ].join('\n');
  return { text, featureNames, constantNames };
}
