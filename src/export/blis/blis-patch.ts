import { UserError } from '../../base/index.ts';
import { packageFiles } from '../export-go.ts';
import { MODEL_FILE } from '../exported-model.ts';
import { makePackage, type Package } from '../package.ts';
import type { AlphaCoefficients, ExportFile, ExportInput } from '../types.ts';
import { writeExport } from '../write-folder.ts';
import { applyEdits, unknownShape } from './anchored-edits.ts';
import { backendFiles } from './backend-go.ts';
import { type Checkout, openCheckout } from './checkout.ts';
import { gitPatch } from './git-patch.ts';
import { mainEdits, unknownGates } from './main-edits.ts';
import { type BackendNames, backendNames } from './names.ts';
import { researchEdits } from './research-edits.ts';
import { coefficientsSection } from './section.ts';

/** What of the simulator is patched, and how the backend is called there. */
export interface BlisPatchOptions {
  /** Source tree of the simulator; it is read and not changed. */
  readonly checkout: string;
  /** Name of the backend; default `evolved`. */
  readonly backend?: string;
  /** As in `ExportOptions`. */
  readonly alpha?: AlphaCoefficients;
}

/** A change of the simulator's source. */
export interface BlisPatch {
  readonly backend: string;
  /** Flag of the simulator that chooses it. */
  readonly flag: string;
  /** Commit that the patch was made against; null where that cannot be told. */
  readonly commit: string | null;
  /** Files that it changes or adds, by their paths in the tree, sorted. */
  readonly paths: readonly string[];
  /** Text that `git apply` takes. */
  readonly patch: string;
  /** The same files as a whole. */
  readonly files: readonly ExportFile[];
}

/**
 * Makes a program a latency backend of the simulator: one patch with the backend, all lists and gates that name backends, the tests
 * that pin these, its section of `defaults.yaml` and a paragraph of its guide. The same input and tree give the same bytes.
 *
 * @throws UserError where the folder is no tree of the simulator, one of a shape that is not known (it names the anchor that is
 * missing), one that has a backend of that name, or where the program cannot be exported; see `exportGo`.
 */
export function blisPatch(
  input: ExportInput,
  { checkout: dir, backend = 'evolved', alpha }: BlisPatchOptions,
): BlisPatch {
  const names = backendNames(backend);
  const checkout = openCheckout(dir);
  refuseSecond(checkout, names);
  const isMain = checkout.read('sim/latency/stepml.go') === undefined;
  const pack = makePackage(input, {
    interface: isMain ? 'blis-main' : 'blis-research',
    packageName: names.packageName,
    ...(alpha && { alpha }),
  });
  const changed = applyEdits(
    checkout,
    isMain ? mainEdits(names, coefficientsSection(pack, names)) : researchEdits(names),
  );
  if (isMain) refuseUnknownGates(checkout);
  const added = [...formulaFiles(pack, names), ...(isMain ? backendFiles(pack, names) : [])];
  const files = [...changed.map(({ path, after }) => ({ path, content: after })), ...added].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return {
    backend,
    flag: isMain ? `--latency-model ${backend}` : `--stepml-model ${backend}`,
    commit: checkout.commit,
    paths: files.map(({ path }) => path),
    patch: gitPatch(changed, added),
    files,
  };
}

/** A gate that the patch would miss makes a backend that works in part. */
function refuseUnknownGates(checkout: Checkout): void {
  for (const path of [...checkout.goFiles('cmd'), ...checkout.goFiles('sim')]) {
    const [place] = unknownGates(path, checkout.read(path) ?? '');
    if (place !== undefined) throw unknownShape(checkout, place, 'a place that names backends and is not known');
  }
}

function formulaFiles(pack: Package, names: BackendNames): readonly ExportFile[] {
  const folder = `sim/latency/${names.packageName}`;
  // What later data is held against belongs to `evolve`; the simulator's git ignores such files too.
  return packageFiles(pack).flatMap(({ path, content }) =>
    path === MODEL_FILE ? [] : [{ path: `${folder}/${path}`, content }],
  );
}

function refuseSecond(checkout: Checkout, { backend, packageName }: BackendNames): void {
  const named = checkout.read('sim/bundle.go')?.includes(`"${backend}": true`) === true;
  if (!named && checkout.goFiles(`sim/latency/${packageName}`).length === 0) return;
  throw new UserError({
    code: 'export.backend-exists',
    place: { file: checkout.dir },
    problem: `the simulator has a backend \`${backend}\` already`,
    mend: 'Take an earlier patch back, or give the backend another name',
  });
}

/**
 * Writes a folder that is ready for a pull request: the patch, and below `tree/` the files that it changes or adds.
 *
 * @returns paths inside the folder, sorted.
 * @throws UserError as `exportGo` does of its folder.
 */
export function writeBlisPatch(dir: string, { backend, flag, commit, patch, files }: BlisPatch): readonly string[] {
  return writeExport(
    dir,
    [
      { path: `${backend}.patch`, content: patch },
      { path: 'README.md', content: readme(backend, flag, commit) },
      ...files.map(({ path, content }) => ({ path: `tree/${path}`, content })),
    ],
    { interface: 'blis-patch', backend, commit },
  );
}

function readme(backend: string, flag: string, commit: string | null): string {
  return `# Latency backend \`${backend}\` for inference-sim

\`${backend}.patch\` was made against ${commit === null ? 'a tree without a commit' : `commit ${commit}`}. In a checkout of it:

    git apply /path/to/this/folder/${backend}.patch
    go build ./... && go vet ./... && go test ./...
    go run . run --model MODEL --hardware GPU --tp N ${flag}

\`tree/\` holds each changed or added file as a whole. \`tree/sim/latency/${backend.replaceAll('-', '')}/README.md\` says what the formula is, what
it was measured on and how far off it was: material for the description of a pull request.
`;
}
