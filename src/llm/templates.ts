import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Mustache from 'mustache';
import { packageFile, readText, UserError } from '../base/index.ts';

/** Texts of templates by name. */
export type Templates<N extends string> = Readonly<Record<N, string>>;

const ENDING = '.mustache';

/** The templates that come with the package. */
const PROMPTS: string = packageFile('prompts');

/**
 * Reads templates. A folder of the user's may hold some of them; the others are those of the package.
 *
 * @throws UserError where the folder or a template is missing, or a template is not mustache
 */
export function readTemplates<N extends string>(names: readonly N[], directory?: string): Templates<N> {
  if (directory !== undefined && !existsSync(directory)) {
    throw new UserError({
      code: 'llm.no-template-folder',
      place: { file: directory },
      problem: 'no such folder',
      mend: 'name a folder with templates',
    });
  }
  const texts = names.map((name): readonly [N, string] => {
    const own = directory === undefined ? undefined : join(directory, name + ENDING);
    const path = own !== undefined && existsSync(own) ? own : join(PROMPTS, name + ENDING);
    return [name, readTemplate(path)];
  });
  if (directory !== undefined && !names.some((name) => existsSync(join(directory, name + ENDING)))) {
    throw new UserError({
      code: 'llm.no-template',
      place: { file: directory },
      problem: 'holds no template',
      mend: `name them ${names.map((name) => name + ENDING).join(', ')}; those of the prompts folder of this package are an example`,
    });
  }
  return Object.fromEntries(texts) as Templates<N>;
}

function readTemplate(path: string): string {
  const text = readText(path);
  try {
    Mustache.parse(text);
  } catch (error) {
    throw new UserError({
      code: 'llm.broken-template',
      place: { file: path },
      problem: (error as Error).message,
      mend: 'close every {{#section}} with {{/section}}',
    });
  }
  return text;
}

/** Fills in a template; other templates of the same table may be used as partials. Values go in as they are, not as HTML. */
export function renderTemplate<N extends string>(templates: Templates<N>, name: NoInfer<N>, view: unknown): string {
  return Mustache.render(templates[name], view, templates, { escape: String });
}
