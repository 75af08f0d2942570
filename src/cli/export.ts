import { type ExportDocument, exportProgram, exportProgramFormula } from '../app/index.ts';
import { FORMULA_LANGUAGES, type FormulaLanguage, type InterfaceName } from '../export/index.ts';
import type { Run } from '../run/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

type Folders = { readonly [L in FormulaLanguage]?: string };

interface ExportFlags extends Folders {
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
    'Name one of --go DIR, --python DIR, --latex DIR and --tree DIR',
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
