import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { constantsTable, fittedConstants, spreadText } from '../../src/report/constants.ts';

function programOf(text: string): Program {
  const result = parseProgram(text);
  if (!result.ok) throw new Error(text);
  return result.program;
}

const PROGRAM = programOf(`export const constants = { overheadUs: 1, perPair: 1, exponent: 1, power: 1 };
export function predictStepTime(batch, c) {
  return c.overheadUs + c.perPair * batch.sum((r) => r.newTokens * r.context) + c.power * batch.tp ** c.exponent;
}`);
const FITS = ['a-tp1', 'b-tp2'].map((group, k) => ({
  group,
  constants: { overheadUs: 1200 + k, perPair: 0, exponent: -1, power: 3 },
  standardErrors: { overheadUs: 12, perPair: 0.001, exponent: null, power: null },
  bounds: { overheadUs: [0, null], perPair: [0, null], exponent: [null, null], power: [null, null] } as const,
}));

describe('fitted constants', () => {
  it('have a unit, an error and bounds, group by group', () => {
    const rows = fittedConstants(PROGRAM, FITS);
    expect(rows.map(({ group, name }) => `${group} ${name}`)).toEqual([
      ...['overheadUs', 'perPair', 'exponent', 'power'].map((name) => `a-tp1 ${name}`),
      ...['overheadUs', 'perPair', 'exponent', 'power'].map((name) => `b-tp2 ${name}`),
    ]);
    expect(rows[4]).toEqual({
      group: 'b-tp2',
      name: 'overheadUs',
      unit: 'µs',
      value: 1201,
      standardError: 12,
      identified: true,
      bounds: [0, null],
    });
    expect(rows.slice(0, 4).map(({ unit }) => unit)).toEqual(['µs', 'µs/token²', '1', null]);
    expect(rows.slice(0, 4).map(spreadText)).toEqual(['± 12', 'at its bound', 'not identified', 'not identified']);
    // Of a run of an earlier version.
    const { bounds: _, ...old } = FITS[0]!;
    expect(fittedConstants(PROGRAM, [old])[0]).toMatchObject({ unit: 'µs', bounds: [null, null] });
  });

  it('are a table with the unit beside the name', () => {
    const lines = constantsTable(fittedConstants(PROGRAM, FITS)).split('\n');
    expect(lines[0]).toMatch(/^constant +unit +a-tp1 +b-tp2$/);
    expect(lines[2]).toMatch(/^overheadUs +µs +1200 ± 12 +1201 ± 12$/);
    expect(lines[5]).toMatch(/^power +\? +3 not identified/);
  });

  it('of the programs that a search starts from all have a unit', () => {
    const folder = new URL('../../seeds/', import.meta.url);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
      const program = programOf(readFileSync(new URL(file, folder), 'utf8'));
      for (const { name, unit } of fittedConstants(program, FITS)) expect(unit, `${file} ${name}`).not.toBeNull();
    }
  });
});
