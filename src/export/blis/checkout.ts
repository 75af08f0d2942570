import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, UserError } from '../../base/index.ts';

const MODULE = 'module github.com/inference-sim/inference-sim';

/** A source tree of the simulator, which is read and never written. */
export interface Checkout {
  readonly dir: string;
  /** Commit that its HEAD names, 40 hexadecimal digits; null where that cannot be told. */
  readonly commit: string | null;
  /** Text of a file by its path inside the tree; undefined where there is none. */
  read(path: string): string | undefined;
  /** Paths of Go files below a folder that are no tests, sorted. */
  goFiles(folder: string): readonly string[];
}

/** @throws UserError where the folder is no tree of the simulator. */
export function openCheckout(dir: string): Checkout {
  const read = (path: string): string | undefined =>
    existsSync(join(dir, path)) ? readText(join(dir, path)) : undefined;
  if (read('go.mod')?.startsWith(MODULE) !== true) {
    throw new UserError({
      code: 'export.no-checkout',
      place: { file: dir },
      problem:
        'not a source tree of the simulator: its go.mod does not say `module github.com/inference-sim/inference-sim`',
      mend: 'Clone github.com/inference-sim/inference-sim and name that folder',
    });
  }
  return {
    dir,
    commit: headCommit(dir),
    read,
    goFiles: (folder) =>
      existsSync(join(dir, folder))
        ? readdirSync(join(dir, folder), { recursive: true, encoding: 'utf8' })
            .filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'))
            .map((path) => `${folder}/${path}`)
            .sort()
        : [],
  };
}

/** What HEAD names, read from the files of git; of a worktree from the repository that it belongs to. */
function headCommit(dir: string): string | null {
  const text = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);
  let git = join(dir, '.git');
  try {
    git = /^gitdir: (.*)$/.exec(text(git) ?? '')?.[1] ?? git;
  } catch {
    // A folder, as in most checkouts.
  }
  const head = text(join(git, 'HEAD'));
  const ref = /^ref: (.*)$/.exec(head ?? '')?.[1];
  const common = join(git, text(join(git, 'commondir')) ?? '.');
  const packed = (): string | undefined =>
    text(join(common, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.slice(0, 40);
  const commit = ref === undefined ? head : (text(join(common, ref)) ?? packed());
  return commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : null;
}
