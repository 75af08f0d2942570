import { formatNumber } from './format.ts';

interface FittedGroup {
  readonly group: string;
  readonly constants: Readonly<Record<string, number>>;
}

/**
 * A program's text with its fitted constants in place. One group's values stand where the program reads them and need no
 * declaration; those of several groups, of which no single one belongs there, stand beside the declaration of each constant.
 */
export function sourceWithFits(source: string, fits: readonly FittedGroup[]): string {
  const at = source.indexOf('export const constants');
  const functionAt = source.indexOf('export function');
  if (at < 0 || functionAt < 0 || fits.length === 0) return source;
  const names = Object.keys(fits[0]!.constants);
  if (names.length === 0) return source;
  const body = source.slice(functionAt);
  if (fits.length === 1) {
    const { constants } = fits[0]!;
    return (
      source.slice(0, at) +
      body.replaceAll(/\bc\.([A-Za-z_$][\w$]*)/g, (text, name: string) => {
        const value = constants[name];
        if (value === undefined) return text;
        return value < 0 ? `(${formatNumber(value)})` : formatNumber(value);
      })
    );
  }
  const lines = names.map((name) => {
    const values = fits.map(({ group, constants }) => `${group} ${formatNumber(constants[name] ?? Number.NaN)}`);
    return `  ${name}, // ${values.join('  ')}`;
  });
  return `${source.slice(0, at)}constants {\n${lines.join('\n')}\n}\n\n${body}`;
}
