const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** An object or an array that is open, and where in it the next value stands. */
interface Level {
  readonly isArray: boolean;
  key: string | number;
}

/**
 * The line, from 1, of the value at a path in a JSON text; of the innermost value on the way there where the path leads
 * nowhere, as for a key that is missing.
 *
 * @param text valid JSON.
 */
export const lineOf = (text: string, path: readonly (string | number)[]): number => {
  const levels: Level[] = [];
  let found = { depth: -1, offset: 0 };
  const note = (offset: number): void => {
    const depth = levels.length;
    const isOnPath = depth <= path.length && levels.every(({ key }, i) => key === path[i]);
    if (isOnPath && depth > found.depth) found = { depth, offset };
  };
  let isKey = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '}' || token === ']') levels.pop();
    else if (token === ':') isKey = false;
    else if (token === ',') {
      if (level?.isArray === true) level.key = (level.key as number) + 1;
      isKey = level?.isArray === false;
    } else if (isKey && level !== undefined) level.key = JSON.parse(token) as string;
    else {
      note(index);
      if (token === '{' || token === '[') levels.push({ isArray: token === '[', key: token === '[' ? 0 : '' });
      isKey = token === '{';
    }
    if (token === '}' || token === ']') isKey = false;
  }
  return text.slice(0, found.offset).split('\n').length;
};
