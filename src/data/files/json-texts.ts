import { readContent } from './content.ts';
import { JsonCutter, type JsonText } from './json-cutter.ts';

/**
 * The JSON values of a file one after another, whether each has a line of its own or not: what stands between the end of one and
 * the end of the next. Text that is left at the end is given as the last one; whether it is JSON is for others to say.
 *
 * @param without keys whose values are not wanted, at any depth: each becomes null. Prompts and answers make nearly all of some
 *   logs, and the rest of them fits into memory.
 * @throws UserError where the file cannot be read or a value is too long.
 */
export async function* jsonTexts(path: string, without: readonly string[] = []): AsyncGenerator<JsonText> {
  const cutter = new JsonCutter(path, without);
  for await (const chunk of readContent(path)) {
    cutter.push(chunk);
    yield* cutter.take();
  }
  cutter.end();
  yield* cutter.take();
}
