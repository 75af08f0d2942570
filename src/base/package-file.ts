import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

let root: string | undefined;

/** The folder of package.json, above the sources and above the build, wherever in it a module ended up. */
function packageRoot(): string {
  if (root !== undefined) return root;
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`there is no package.json above ${import.meta.dirname}`);
    folder = above;
  }
  return (root = folder);
}

/** Absolute path of a file or folder that comes with the package, such as `seeds`. */
export function packageFile(path: string): string {
  return join(packageRoot(), path);
}
