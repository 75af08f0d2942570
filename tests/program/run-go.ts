import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, printGo } from '../../src/program/index.ts';
import { startsOf } from './arbitrary.ts';

/** Names that programs may use. */
export const FEATURES: readonly string[] = ['tokens', 'requests', 'contextTokens'];
export const CONSTANTS: readonly string[] = ['alpha', 'beta', 'gamma'];

export interface GoCase {
  readonly program: Program;
  readonly rows: readonly Record<string, number>[];
}

function goFunction(program: Program, index: number): { text: string; helpers: readonly string[] } {
  const named = (names: readonly string[], array: string): Record<string, string> =>
    Object.fromEntries(names.map((name, i) => [name, `${array}[${i}]`]));
  const body = printGo(program.graph, { feature: named(FEATURES, 'f'), constant: named(CONSTANTS, 'c') });
  const lines = [...body.statements, `return ${body.results[0]}`].map((line) => `\t${line}`).join('\n');
  return { text: `func p${index}(f, c []float64) float64 {\n${lines}\n}\n`, helpers: body.helpers };
}

function goProgram(cases: readonly GoCase[]): string {
  const functions = cases.map(({ program }, i) => goFunction(program, i));
  const helpers = [...new Set(functions.flatMap((f) => f.helpers))];
  const table = cases.map((_, i) => `p${i}`).join(', ');
  return `package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
)

${[...helpers, ...functions.map((f) => f.text)].join('\n\n')}

type testCase struct {
	Constants []float64
	Rows      [][]float64
}

func main() {
	table := []func(f, c []float64) float64{${table}}
	var cases []testCase
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&cases); err != nil {
		panic(err)
	}
	for i, c := range cases {
		for _, row := range c.Rows {
			fmt.Println(math.Float64bits(table[i](row, c.Constants)))
		}
	}
}
`;
}

/** Values of each program on each of its rows, by one Go program for all. */
export function runGo(cases: readonly GoCase[]): Float64Array {
  const dir = mkdtempSync(join(tmpdir(), 'program-go-'));
  try {
    writeFileSync(join(dir, 'go.mod'), 'module parity\n\ngo 1.21\n');
    writeFileSync(join(dir, 'main.go'), goProgram(cases));
    const input = JSON.stringify(
      cases.map(({ program, rows }) => ({
        Constants: CONSTANTS.map((name) => startsOf(program)[name] ?? 0),
        Rows: rows.map((row) => FEATURES.map((name) => row[name])),
      })),
    );
    const output = execFileSync('go', ['run', '.'], { cwd: dir, input, maxBuffer: 1 << 26, encoding: 'utf8' });
    return new Float64Array(BigUint64Array.from(output.trim().split('\n'), BigInt).buffer);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
