import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mustache from 'mustache';
import { UserError } from '../base/index.ts';

/** Texts of templates by name. */
export type Templates<N extends string> = Readonly<Record<N, string>>;

const ENDING = '.mustache';

/** The templates that come with the package; the folder lies at its root, two levels above this file. */
const PROMPTS: string = join(import.meta.dirname, '../../prompts');

/**
 * Reads templates. A folder of the user's may hold some of them; the others are those of the package.
 *
 * @throws UserError where the folder or a template is missing, or a template is not mustache
 */
export function readTemplates<N extends string>(names: readonly N[], directory?: string): Templates<N> {
  if (directory !== undefined && !existsSync(directory)) {
    throw new UserError(`${directory}: no such folder`, 'name a folder with templates in --prompts');
  }
  const texts = names.map((name): readonly [N, string] => {
    const own = directory === undefined ? undefined : join(directory, name + ENDING);
    const path = own !== undefined && existsSync(own) ? own : join(PROMPTS, name + ENDING);
    return [name, readTemplate(path)];
  });
  if (directory !== undefined && !names.some((name) => existsSync(join(directory, name + ENDING)))) {
    throw new UserError(
      `${directory}: holds no template`,
      `name them ${names.map((name) => name + ENDING).join(', ')}; those of the prompts folder of this package are an example`,
    );
  }
  return Object.fromEntries(texts) as Templates<N>;
}

function readTemplate(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as Error).message})`, 'restore the template');
  }
  try {
    Mustache.parse(text);
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}`, 'close every {{#section}} with {{/section}}');
  }
  return text;
}

/** Fills in a template; other templates of the same table may be used as partials. Values go in as they are, not as HTML. */
export function renderTemplate<N extends string>(templates: Templates<N>, name: NoInfer<N>, view: unknown): string {
  return Mustache.render(templates[name], view, templates, { escape: String });
}
