import { join } from 'node:path';
import { writeFileAtomically } from '../base/index.ts';
import { baselineReferences, loadHighlight, renderPage, ReportCollector } from '../report/index.ts';
import { note, print, printJson } from './output.ts';
import { datasetIfThere } from './dataset-if-there.ts';
import { resolveRun } from './workspace.ts';

/** `evolve report [RUN]`. */
export async function reportCommand(
  name: string | undefined,
  options: { readonly out?: string; readonly json: boolean },
): Promise<void> {
  const run = resolveRun(name);
  const dataset = await datasetIfThere(run);
  const { target, objective } = run.config;
  if (dataset !== undefined) note('fitting the baselines on the training rows, to show them beside the programs');
  const data = new ReportCollector({
    run,
    ...(dataset !== undefined && { dataset, baselines: baselineReferences(dataset, target, objective) }),
  }).collect();
  const page = renderPage(data, await loadHighlight());
  const file = options.out ?? join(run.directory, 'report.html');
  writeFileAtomically(file, page.html);
  const bytes = Buffer.byteLength(page.html);
  if (options.json) {
    return printJson({ run: run.name, file, bytes, programs: data.programs.map(({ details }) => details.id) });
  }
  print(file);
  note(`${data.programs.length} programs, ${(bytes / 1e6).toFixed(2)} MB, complete in itself: open it in a browser`);
}
