import { UserError } from '../../base/index.ts';
import type { Checkout } from './checkout.ts';

/** A change of a file of the simulator at a place that is found by its text. */
export interface AnchoredEdit {
  readonly path: string;
  /** For people, where it is not found: what stands there. */
  readonly anchor: string;
  readonly find: RegExp;
  /** How often it has to be there; default once. */
  readonly times?: number;
  readonly replace: (match: string) => string;
}

/** A file before and after. */
export interface EditedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Makes the edits, on copies.
 *
 * @returns the changed files, sorted by path.
 * @throws UserError that names the first anchor that is not there as often as it should.
 */
export function applyEdits(checkout: Checkout, edits: readonly AnchoredEdit[]): readonly EditedFile[] {
  const files = new Map<string, EditedFile>();
  for (const { path, anchor, find, times = 1, replace } of edits) {
    const before = files.get(path)?.before ?? checkout.read(path);
    if (before === undefined) throw unknownShape(checkout, path, `there is no ${path}`);
    const text = files.get(path)?.after ?? before;
    const found = [...text.matchAll(new RegExp(find, 'g'))].length;
    if (found !== times) {
      throw unknownShape(
        checkout,
        path,
        `${anchor} is there ${found === 0 ? 'not at all' : `${found} times`}, not ${times === 1 ? 'once' : `${times} times`}`,
      );
    }
    files.set(path, { path, before, after: text.replaceAll(new RegExp(find, 'g'), (match: string) => replace(match)) });
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The error of a tree that is not as the patch knows it; nothing is written then. */
export function unknownShape({ dir, commit }: Checkout, path: string, problem: string): UserError {
  const version = commit === null ? '' : ` at ${commit.slice(0, 8)}`;
  return new UserError({
    code: 'export.unknown-checkout',
    place: { file: `${dir}/${path}` },
    problem: `a version of the simulator${version} that is not known: ${problem}`,
    mend: 'Check out main of August 2026 (f90a1e3a) or the branch stepml-experiments; nothing was written',
  });
}
