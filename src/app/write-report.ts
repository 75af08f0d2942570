import { join } from 'node:path';
import { type UserError, writeFileAtomically } from '../base/index.ts';
import { explainProgram } from '../baselines/index.ts';
import { fitsInUse } from '../evaluate/index.ts';
import { baselineReferences, loadPage, loopsOf, ReportCollector } from '../report/index.ts';
import type { Run } from '../run/index.ts';
import type { ReportDocument } from './documents.ts';
import { beyondOf } from './explain-program.ts';
import { datasetIfThere } from './workspace.ts';

/** Where a report goes, and what is told while it is made. */
export interface ReportOptions {
  /** Default: `report.html` in the run directory. */
  readonly file?: string;
  /** Told what is being done, one line for people. */
  readonly onNote?: (line: string) => void;
  /** Told why the run's data is not at hand; figures row by row are then left out. */
  readonly onMissingData?: (why: UserError) => void;
}

/** Writes a run as one self-contained HTML page. Test rows stay closed. */
export async function writeReport(
  run: Run,
  { file = join(run.directory, 'report.html'), onNote, onMissingData }: ReportOptions = {},
): Promise<ReportDocument> {
  const dataset = await datasetIfThere(run, onMissingData);
  const { target, objective, scope } = run.config;
  const ofSteps = dataset?.table === undefined ? dataset : undefined;
  if (ofSteps !== undefined) onNote?.('fitting the baselines on the training rows, to show them beside the programs');
  const data = new ReportCollector({
    run,
    ...(dataset !== undefined && { dataset }),
    ...(ofSteps !== undefined && {
      baselines: baselineReferences(ofSteps, target, objective),
      loopsOf: loopsOf(run, ofSteps, onNote),
      explain: ({ program, evaluation }) =>
        explainProgram({ dataset: ofSteps, target, program, fits: fitsInUse(evaluation), scope }),
      lookBeyond: ({ program, evaluation }) => beyondOf(run, ofSteps, program, fitsInUse(evaluation)),
    }),
  }).collect();
  const renderPage = await loadPage();
  const page = renderPage(data);
  writeFileAtomically(file, page.html);
  return {
    run: run.name,
    file,
    bytes: Buffer.byteLength(page.html),
    programs: data.programs.map(({ details }) => details.id),
  };
}
