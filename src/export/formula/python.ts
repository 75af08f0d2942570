import { printPython } from '../../program/index.ts';
import type { ExportFile } from '../types.ts';
import { PARITY_TOLERANCE, parityRows } from './parity.ts';
import type { FormulaInput } from './types.ts';
import { columnText, originLines } from './words.ts';

/** Python's keywords, and names of the function itself. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield np row group c CONSTANTS predict'
  ).split(' '),
);

/** A local for each column, in their order: distinct, and none of what else the function names. */
function localsOf(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let free = name;
    while (TAKEN.has(free) || used.has(free) || /^t\d+$/.test(free)) free += '_';
    used.add(free);
    return free;
  });
}

/** A function on NumPy arrays or numbers, its constants, and a test that holds it against the program. */
export function pythonFiles(input: FormulaInput): readonly ExportFile[] {
  return [
    { path: 'model.py', content: moduleText(input) },
    { path: 'test_model.py', content: testText(input) },
  ];
}

function moduleText(input: FormulaInput): string {
  const { program, fits, columns, target } = input;
  const locals = localsOf(columns.map(({ name }) => name));
  const { statements, result } = printPython(program.graph, {
    feature: Object.fromEntries(columns.map(({ name }, at) => [name, locals[at]!])),
    constant: Object.fromEntries(program.constants.map(({ name }) => [name, `c[${JSON.stringify(name)}]`])),
  });
  const constants = fits.map(
    ({ group, constants: values }) =>
      `    ${JSON.stringify(group)}: {${program.constants.map(({ name }) => `${JSON.stringify(name)}: ${values[name]!}`).join(', ')}},`,
  );
  return `"""${originLines(input).join('\n\n')}
"""

import numpy as np

# Fitted constants by group.
CONSTANTS = {
${constants.join('\n')}
}


def predict(row, group=${JSON.stringify(fits[0]?.group ?? 'all')}):
    """${columnText(target)}.

    row: numbers or arrays of equal length by column: ${columns.map(columnText).join('; ')}.
    """
    c = CONSTANTS[group]
${columns.map(({ header }, at) => `    ${locals[at]!} = np.asarray(row[${JSON.stringify(header)}], dtype=float)\n`).join('')}    with np.errstate(all="ignore"):
${[...statements, `return ${result}`].map((line) => `        ${line}\n`).join('')}`;
}

function testText(input: FormulaInput): string {
  const { columns } = input;
  const rows = parityRows(input).map(
    ({ group, values, expected }) =>
      `    (${JSON.stringify(group)}, {${columns.map(({ header }, at) => `${JSON.stringify(header)}: ${values[at]!}`).join(', ')}}, ${expected}),`,
  );
  return `"""Holds model.py against what the program predicts. Run it by itself, or with pytest."""

from model import predict

CASES = [
${rows.join('\n')}
]


def test_predictions():
    for group, row, expected in CASES:
        assert abs(predict(row, group) - expected) <= ${PARITY_TOLERANCE} * max(1e-300, abs(expected)), (row, expected)


if __name__ == "__main__":
    test_predictions()
    print(f"{len(CASES)} rows agree")
`;
}
