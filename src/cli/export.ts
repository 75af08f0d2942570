import { exportProgram } from '../app/index.ts';
import type { InterfaceName } from '../export/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';

interface ExportFlags {
  readonly go: string;
  readonly interface: InterfaceName;
  readonly alpha?: readonly [number, number, number];
  readonly vllmVersion?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** `evolve export [RUN] [PROGRAM] --go DIR`. */
export async function exportCommand(
  first: string | undefined,
  second: string | undefined,
  flags: ExportFlags,
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const { go, alpha, vllmVersion, force } = flags;
  const document = await exportProgram(run, id, {
    dir: go,
    force,
    interface: flags.interface,
    ...(alpha !== undefined && { alpha }),
    ...(vllmVersion !== undefined && { vllmVersion }),
  });
  if (flags.json) printJson(document);
  else print(document.files.map((file) => `${go}/${file}`).join('\n'));
  for (const { gate, reason } of document.failedGates) note(`warning: it fails ${gate}: ${reason}`);
  for (const warning of document.warnings) note(`warning: ${warning}`);
  const test =
    flags.interface === 'standalone'
      ? `test it: cd ${go} && go test ./... && go vet ./...`
      : "its README.md says where it goes in the simulator's tree";
  note(`program ${document.program} of ${run.directory} exported; ${test}`);
}
