import { writeReport } from '../app/index.ts';
import { runOf } from './find-run.ts';
import { noteMissingData } from './missing-data.ts';
import { note, print, printJson } from './output.ts';

/** `evolve report [RUN]`. */
export async function reportCommand(
  name: string | undefined,
  { out, json }: { readonly out?: string; readonly json: boolean },
): Promise<void> {
  const document = await writeReport(runOf(name), {
    ...(out !== undefined && { file: out }),
    onNote: note,
    onMissingData: noteMissingData,
  });
  if (json) return printJson(document);
  const { file, bytes, programs } = document;
  print(file);
  note(`${programs.length} programs, ${(bytes / 1e6).toFixed(2)} MB, complete in itself: open it in a browser`);
}
