import { REDUCTION_NAMES } from '../../program/index.ts';

/** Names that a program cannot read of a row: what every object has, and what is called. */
function isTaken(name: string): boolean {
  return name in Object.prototype || REDUCTION_NAMES.some((reduction) => reduction === name);
}

/** Marks of accented letters, once these are decomposed. */
const MARKS = /\p{M}/gu;

function identifierOf(header: string, at: number): string {
  const plain = header
    .normalize('NFKD')
    .replaceAll(MARKS, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const name = plain === '' ? `column${at + 1}` : /^\d/.test(plain) ? `x${plain}` : plain;
  return isTaken(name) ? `${name}_` : name;
}

/**
 * What programs call the columns of a table: their headers, with `_` for what no name can have, and a number where two would be the
 * same. Of headers that are names already every one keeps its own.
 */
export function columnNames(headers: readonly string[]): readonly string[] {
  const wanted = headers.map((header, at) => identifierOf(header, at));
  const taken = new Set(wanted.filter((name, at) => name === headers[at]));
  return wanted.map((name, at) => {
    if (name === headers[at]) return name;
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    return free;
  });
}
