import type { Fence, Formula, Role, Sign } from '../formula.ts';
import type { Program } from '../ir.ts';
import { REDUCTIONS } from '../reductions/index.ts';
import { equations } from './equations.ts';
import { scientific } from './scientific.ts';

const SIGNS: { readonly [S in Sign]: string } = {
  '+': '+',
  '-': '-',
  '*': '\\cdot',
  '<': '<',
  '<=': '\\le',
  '>': '>',
  '>=': '\\ge',
  '==': '=',
  '!=': '\\ne',
  and: '\\land',
  or: '\\lor',
  not: '\\lnot',
};

const FENCES: { readonly [F in Fence]: readonly [string, string] } = {
  round: ['(', ')'],
  bars: ['|', '|'],
  floor: ['\\lfloor', '\\rfloor'],
  ceiling: ['\\lceil', '\\rceil'],
};

function escaped(name: string): string {
  return name.replaceAll(/[_$]/g, (character) => `\\${character}`);
}

/** `t12` is t with the index 12. */
function local(name: string): string {
  return name.replace(/^t(\d+)$/, 't_{$1}');
}

const NAMES: { readonly [R in Role]: (name: string) => string } = {
  field: (name) => `\\mathrm{${escaped(name)}}_{r}`,
  feature: (name) => `\\mathrm{${escaped(name)}}`,
  constant: (name) => `\\mathit{${escaped(name)}}`,
  local,
};

function fenced(fence: Fence, body: string): string {
  const [open, close] = FENCES[fence];
  return `\\left${open} ${body} \\right${close}`;
}

function numberLatex(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '\\mathrm{NaN}' : value > 0 ? '\\infty' : '-\\infty';
  const { mantissa, exponent } = scientific(value);
  return exponent === undefined ? mantissa : `${mantissa} \\times 10^{${exponent}}`;
}

type Writers = { readonly [K in Formula['kind']]: (formula: Extract<Formula, { kind: K }>) => string };

const WRITERS: Writers = {
  name: ({ role, name }) => NAMES[role](name),
  number: ({ value }) => numberLatex(value),
  sign: ({ sign }) => SIGNS[sign],
  row: ({ parts }) => parts.map(latex).join(' '),
  fraction: ({ over, under }) => `\\frac{${latex(over)}}{${latex(under)}}`,
  power: ({ base, exponent }) => `{${latex(base)}}^{${latex(exponent)}}`,
  root: ({ degree, body }) => `\\sqrt${degree === 2 ? '' : `[${degree}]`}{${latex(body)}}`,
  fence: ({ fence, body }) => fenced(fence, latex(body)),
  call: ({ name, base, args }) =>
    `\\operatorname{${name}}${base === undefined ? '' : `_{${base}}`}${fenced('round', args.map(latex).join(', '))}`,
  reduction: ({ over, body }) => `${REDUCTIONS[over].sign.latex} ${latex(body)}`,
  cases: ({ condition, yes, no }) =>
    `\\begin{cases} ${latex(yes)} & \\text{if } ${latex(condition)} \\\\ ${latex(no)} & \\text{otherwise} \\end{cases}`,
};

function latex(formula: Formula): string {
  return (WRITERS[formula.kind] as (formula: Formula) => string)(formula);
}

/**
 * A program as LaTeX for people: an `aligned` block to put in display mathematics. Features are upright, constants are
 * italic, and `t` is the step time in microseconds. Needs the package amsmath.
 *
 * @param result name of what is predicted, where it is no step time
 */
export function printLatex(program: Program, result?: string): string {
  const all = equations(program);
  const lines = all.map(({ name, formula }, at) => {
    const left = result !== undefined && at === all.length - 1 ? NAMES.feature(result) : local(name);
    return `  ${left} &= ${latex(formula)}`;
  });
  return `\\begin{aligned}\n${lines.join(' \\\\\n')}\n\\end{aligned}\n`;
}
