/** A text as one line of at most `longest` characters, without control characters, which a terminal would follow. */
export function oneLine(text: string, longest: number): string {
  const clean = text
    .slice(0, 4 * longest)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}
