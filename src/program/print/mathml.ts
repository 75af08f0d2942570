import type { Fence, Formula, Role, Sign } from '../formula.ts';
import type { Program } from '../ir.ts';
import { REDUCTIONS } from '../reductions/index.ts';
import { equations } from './equations.ts';
import { scientific } from './scientific.ts';

const SIGNS: { readonly [S in Sign]: string } = {
  '+': '+',
  '-': '−',
  '*': '·',
  '<': '&lt;',
  '<=': '≤',
  '>': '&gt;',
  '>=': '≥',
  '==': '=',
  '!=': '≠',
  and: '∧',
  or: '∨',
  not: '¬',
};

const FENCES: { readonly [F in Fence]: readonly [string, string] } = {
  round: ['(', ')'],
  bars: ['|', '|'],
  floor: ['⌊', '⌋'],
  ceiling: ['⌈', '⌉'],
};

function operator(text: string): string {
  return `<mo>${text}</mo>`;
}

// Names come from a parser that lets through ASCII letters, digits, `_` and `$` alone; escaped all the same.
function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function local(name: string): string {
  const index = /^t(\d+)$/.exec(name)?.[1];
  return index === undefined ? `<mi>${escaped(name)}</mi>` : `<msub><mi>t</mi><mn>${index}</mn></msub>`;
}

const NAMES: { readonly [R in Role]: (name: string) => string } = {
  field: (name) => `<msub><mi class="feature">${escaped(name)}</mi><mi>r</mi></msub>`,
  feature: (name) => `<mi class="feature">${escaped(name)}</mi>`,
  constant: (name) => `<mi class="constant">${escaped(name)}</mi>`,
  local,
};

function fenced(fence: Fence, body: string): string {
  const [open, close] = FENCES[fence];
  return `<mrow>${operator(open)}${body}${operator(close)}</mrow>`;
}

function numberMathml(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '<mi>NaN</mi>' : `<mn>${value > 0 ? '' : '−'}∞</mn>`;
  const { mantissa, exponent } = scientific(value);
  const digits = `<mn>${mantissa.replace('-', '−')}</mn>`;
  if (exponent === undefined) return digits;
  const power = `<msup><mn>10</mn><mn>${String(exponent).replace('-', '−')}</mn></msup>`;
  return `<mrow>${digits}${operator('×')}${power}</mrow>`;
}

function cell(...parts: readonly string[]): string {
  return `<mtd>${parts.join('')}</mtd>`;
}

type Writers = { readonly [K in Formula['kind']]: (formula: Extract<Formula, { kind: K }>) => string };

const WRITERS: Writers = {
  name: ({ role, name }) => NAMES[role](name),
  number: ({ value }) => numberMathml(value),
  sign: ({ sign }) => operator(SIGNS[sign]),
  row: ({ parts }) => `<mrow>${parts.map(mathml).join('')}</mrow>`,
  fraction: ({ over, under }) => `<mfrac>${mathml(over)}${mathml(under)}</mfrac>`,
  power: ({ base, exponent }) => `<msup>${mathml(base)}${mathml(exponent)}</msup>`,
  root: ({ degree, body }) =>
    degree === 2 ? `<msqrt>${mathml(body)}</msqrt>` : `<mroot>${mathml(body)}<mn>${degree}</mn></mroot>`,
  fence: ({ fence, body }) => fenced(fence, mathml(body)),
  call: ({ name, base, args }) => {
    const head = base === undefined ? `<mi>${name}</mi>` : `<msub><mi>${name}</mi><mn>${base}</mn></msub>`;
    return `<mrow>${head}${fenced('round', args.map(mathml).join(operator(',')))}</mrow>`;
  },
  reduction: ({ over, body }) => `<mrow>${REDUCTIONS[over].sign.mathml}${mathml(body)}</mrow>`,
  cases: ({ condition, yes, no }) => {
    const rows = [
      [cell(mathml(yes)), cell('<mtext>&#160;if&#160;</mtext>', mathml(condition))],
      [cell(mathml(no)), cell('<mtext>&#160;otherwise</mtext>')],
    ];
    const table = `<mtable>${rows.map((cells) => `<mtr>${cells.join('')}</mtr>`).join('')}</mtable>`;
    return `<mrow>${operator('{')}${table}</mrow>`;
  },
};

function mathml(formula: Formula): string {
  return (WRITERS[formula.kind] as (formula: Formula) => string)(formula);
}

/**
 * A program as MathML, which browsers lay out without a library: one line for each named part, the step time `t` in
 * microseconds last. Features have the class `feature`, constants the class `constant`.
 */
export function printMathml(program: Program): string {
  const lines = equations(program).map(
    ({ name, formula }) =>
      `<mtr>${cell(local(name))}${cell(operator('='))}${cell(`<mrow>${mathml(formula)}</mrow>`)}</mtr>`,
  );
  return `<math display="block"><mtable displaystyle="true">${lines.join('')}</mtable></math>`;
}
