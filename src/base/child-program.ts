import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from './package-file.ts';

/** What a child process runs, and the options of Node that it needs. */
export interface ChildProgram {
  readonly path: string;
  readonly options: readonly string[];
}

/**
 * A program of the package for a child process: the built one; from sources their own, with the loader that the parent has, as Node
 * cannot run TypeScript itself.
 *
 * @param name below the sources and below the build, without its ending
 * @param url of the module that asks
 */
export function childProgram(name: string, url: string): ChildProgram {
  if (extname(url) !== '.ts') return { path: packageFile(`dist/${name}.js`), options: [] };
  const loader = pathToFileURL(createRequire(url).resolve('tsx')).href;
  return { path: packageFile(`src/${name}.ts`), options: ['--import', loader] };
}
