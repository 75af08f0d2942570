import { exportBlisPatch, type ExportDocument, exportProgram, exportProgramFormula } from '../app/index.ts';
import { FORMULA_LANGUAGES, type FormulaLanguage, type InterfaceName } from '../export/index.ts';
import type { Run } from '../run/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

type Folders = { readonly [L in FormulaLanguage]?: string };

interface ExportFlags extends Folders {
  readonly blisPatch?: string;
  readonly backend?: string;
  readonly out?: string;
  readonly interface?: InterfaceName;
  readonly alpha?: readonly [number, number, number];
  readonly vllmVersion?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** `evolve export [RUN] [PROGRAM] --go DIR`, or another of the languages. */
export async function exportCommand(
  first: string | undefined,
  second: string | undefined,
  flags: ExportFlags,
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  if (flags.blisPatch !== undefined) return blisCommand(run, id, flags.blisPatch, flags);
  const idle = (['backend', 'out'] as const).find((name) => flags[name] !== undefined);
  if (idle !== undefined)
    throw new UsageError(`--${idle} belongs to --blis-patch`, 'Leave it out, or give --blis-patch DIR');
  const [language, dir] = languageOf(flags);
  const ofSteps = language === 'go' && run.config.data.table === undefined;
  const document = ofSteps
    ? await stepPackage(run, id, dir, flags)
    : await formula(run, id, { dir, language, force: flags.force }, flags);
  if (flags.json) printJson(document);
  else print(document.files.map((file) => `${dir}/${file}`).join('\n'));
  for (const { gate, reason } of document.failedGates) note(`warning: it fails ${gate}: ${reason}`);
  for (const warning of document.warnings) note(`warning: ${warning}`);
  note(`program ${document.program} of ${run.directory} exported${NEXT[language](dir, flags)}`);
}

/** `--blis-patch CHECKOUT`: the patch on stdout, or a folder. */
async function blisCommand(run: Run, id: string | undefined, checkout: string, flags: ExportFlags): Promise<void> {
  const others = [...FORMULA_LANGUAGES, 'interface', 'vllmVersion'] as const;
  if (others.some((name) => flags[name] !== undefined)) {
    throw new UsageError('--blis-patch makes a patch and nothing else', 'Leave the other kinds of exports out');
  }
  const { backend, alpha, force, out } = flags;
  const document = await exportBlisPatch(run, id, {
    checkout,
    force,
    ...(backend !== undefined && { backend }),
    ...(alpha !== undefined && { alpha }),
    ...(out !== undefined && { dir: out }),
  });
  const { blis, failedGates, warnings } = document;
  if (flags.json) printJson(document);
  else print(blis?.patch?.replace(/\n$/, '') ?? document.files.map((file) => `${document.dir}/${file}`).join('\n'));
  for (const { gate, reason } of failedGates) note(`warning: it fails ${gate}: ${reason}`);
  for (const warning of warnings) note(`warning: ${warning}`);
  const against = blis?.commit ? ` against ${blis.commit.slice(0, 8)}` : '';
  note(`program ${document.program} of ${run.directory} as a patch${against}; choose it with ${blis?.flag}`);
}

const NEXT: { readonly [L in FormulaLanguage]: (dir: string, flags: ExportFlags) => string } = {
  go: (dir, { interface: name = 'standalone' }) =>
    name === 'standalone'
      ? `; test it: cd ${dir} && go test ./... && go vet ./...`
      : "; its README.md says where it goes in the simulator's tree",
  python: (dir) => `; test it (needs NumPy): cd ${dir} && python3 test_model.py`,
  latex: () => '',
  tree: () => '',
};

function languageOf(flags: ExportFlags): readonly [FormulaLanguage, string] {
  const given = FORMULA_LANGUAGES.flatMap((language) => {
    const dir = flags[language];
    return dir === undefined ? [] : [[language, dir] as const];
  });
  const [only, ...others] = given;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    only === undefined ? 'no folder is named' : 'one export goes into one folder',
    'Name one of --go DIR, --python DIR, --latex DIR, --tree DIR and --blis-patch CHECKOUT',
  );
}

function stepPackage(run: Run, id: string | undefined, dir: string, flags: ExportFlags): Promise<ExportDocument> {
  const { alpha, vllmVersion, force } = flags;
  return exportProgram(run, id, {
    dir,
    force,
    interface: flags.interface ?? 'standalone',
    ...(alpha !== undefined && { alpha }),
    ...(vllmVersion !== undefined && { vllmVersion }),
  });
}

function formula(
  run: Run,
  id: string | undefined,
  options: Parameters<typeof exportProgramFormula>[2],
  flags: ExportFlags,
): Promise<ExportDocument> {
  const idle = (['interface', 'alpha', 'vllmVersion'] as const).find((name) => flags[name] !== undefined);
  if (idle !== undefined) {
    const flag = idle === 'vllmVersion' ? '--vllm-version' : `--${idle}`;
    throw new UsageError(`${flag} says something of a Go package for a simulator`, 'Leave it out');
  }
  return exportProgramFormula(run, id, options);
}
