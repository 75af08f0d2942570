import { printGo } from '../../program/index.ts';
import { spacedBody } from '../go/spacing.ts';
import { aligned, comment, GENERATED, goFloat, goNames, goString, indented } from '../go/text.ts';
import type { ExportFile } from '../types.ts';
import { PARITY_TOLERANCE, parityRows } from './parity.ts';
import type { FormulaInput } from './types.ts';
import { columnText, originLines } from './words.ts';

/** Fields that other packages see. */
function fieldNames(names: readonly string[]): readonly string[] {
  return goNames(names.map((name) => name.replace(/^_*/, '').replace(/^./, (first) => first.toUpperCase())));
}

/** A plain function in a module of its own, its constants, and a test that holds it against the program. */
export function goFiles(input: FormulaInput): readonly ExportFile[] {
  const columns = fieldNames(input.columns.map(({ name }) => name));
  const constants = fieldNames(input.program.constants.map(({ name }) => name));
  return [
    { path: 'go.mod', content: 'module model\n\ngo 1.21\n' },
    { path: 'model.go', content: modelText(input, columns, constants) },
    { path: 'model_test.go', content: testText(input, columns) },
  ];
}

function modelText(input: FormulaInput, columns: readonly string[], constants: readonly string[]): string {
  const { program, fits, target } = input;
  const body = spacedBody(
    printGo(program.graph, {
      feature: Object.fromEntries(input.columns.map(({ name }, at) => [name, `row.${columns[at]!}`])),
      constant: Object.fromEntries(program.constants.map(({ name }, at) => [name, `c.${constants[at]!}`])),
    }),
  );
  const fields = input.columns.map((column, at): [string, string] => [
    columns[at]!,
    `float64 // ${columnText(column)}`,
  ]);
  const fitted = fits.map(({ group, constants: values }) => {
    const pairs = program.constants.map(({ name }, at): [string, string] => [
      `${constants[at]!}:`,
      `${goFloat(values[name]!)},`,
    ]);
    return pairs.length === 0
      ? [`\t${goString(group)}: {},`]
      : [`\t${goString(group)}: {`, ...aligned(pairs, '\t\t'), '\t},'];
  });
  return `${GENERATED}${originLines(input)
    .map((line) => comment(line))
    .join('//\n')}
package model
${body.usesMath ? '\nimport "math"\n' : ''}
// Row holds the columns that the formula reads.
type Row struct {${struct(fields)}}

// Constants are those of one group.
type Constants struct {${struct(constants.map((name): [string, string] => [name, 'float64']))}}

// Fitted holds the constants by group.
var Fitted = map[string]Constants{
${fitted.flat().join('\n')}
}

// Predict gives ${columnText(target)}.
func Predict(row Row, c Constants) float64 {
${indented([...body.statements, `return ${body.results[0]!}`])}}
${body.helpers.map((helper) => `\n${helper.trimEnd()}\n`).join('')}`;
}

function struct(fields: readonly (readonly [string, string])[]): string {
  return fields.length === 0 ? '' : `\n${aligned(fields, '\t').join('\n')}\n`;
}

function testText(input: FormulaInput, columns: readonly string[]): string {
  const cases = parityRows(input).map(
    ({ group, values, expected }) =>
      `\t\t{${goString(group)}, Row{${values.map((value, at) => `${columns[at]!}: ${goFloat(value)}`).join(', ')}}, ${goFloat(expected)}},`,
  );
  return `${GENERATED}package model

import (
	"math"
	"testing"
)

func TestPredict(t *testing.T) {
	for _, c := range []struct {
		group    string
		row      Row
		expected float64
	}{
${cases.join('\n')}
	} {
		got := Predict(c.row, Fitted[c.group])
		if !(math.Abs(got-c.expected) <= ${PARITY_TOLERANCE}*math.Max(1e-300, math.Abs(c.expected))) {
			t.Errorf("%s %+v: %v, not %v", c.group, c.row, got, c.expected)
		}
	}
}
`;
}
