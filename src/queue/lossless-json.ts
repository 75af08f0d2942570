/** Marks a number that JSON cannot hold. */
const MARK = '$number';

/** JSON that keeps −0, NaN and infinities, so that what comes back has the same bits. */
export function losslessJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'number' || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return { [MARK]: Object.is(part, -0) ? '-0' : String(part) };
  });
}

/** Reads what `losslessJson` wrote. */
export function parseLosslessJson(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) =>
    part !== null && typeof part === 'object' && MARK in part ? Number(part[MARK]) : part,
  );
}
