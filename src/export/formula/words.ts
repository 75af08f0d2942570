import type { FormulaColumn, FormulaInput } from './types.ts';

/** Text from outside on one line that ends no comment and no string. */
function plainText(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .replaceAll(/["\\`]|\*\//g, "'")
    .trim();
}

/** A column as people read it: `speed, m/s`. */
export function columnText({ header, unit }: FormulaColumn): string {
  return plainText(unit === '' ? header : `${header}, ${unit}`);
}

/** What the formula is and where it comes from, one line each. */
export function originLines({ target, columns, table, provenance, cautions }: FormulaInput): readonly string[] {
  const { run, program, dataset, objective, error, validationError } = provenance;
  const description = table.features.target?.description;
  return [
    `${columnText(target)}${columns.length === 0 ? '' : ` from ${columns.map(({ header }) => plainText(header)).join(', ')}`}.`,
    ...(description === undefined ? [] : [plainText(description)]),
    `Made by evolve: program ${program} of run ${plainText(run)}, dataset ${dataset.slice(0, 12)}.`,
    `Error by ${objective}: ${Number(error.toPrecision(3))} % on training rows, ${Number(validationError.toPrecision(3))} % on validation rows.`,
    ...cautions.map(({ gate, reason }) =>
      plainText(`Caution${gate === undefined ? '' : `, fails ${gate}`}: ${reason}.`),
    ),
  ];
}
