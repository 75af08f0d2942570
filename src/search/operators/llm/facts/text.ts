const DIGITS = 4;

/** Some significant digits, four where nothing is said, without trailing zeros. */
export function short(value: number, digits: number = DIGITS): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '–';
}

/** With its sign and two decimals, as correlations are told. */
export function signed(value: number): string {
  return Number.isFinite(value) ? `${value >= 0 ? '+' : ''}${value.toFixed(2)}` : '–';
}

/** A Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
