import { checkExport } from '../app/index.ts';
import { checkText } from './check-text.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './output.ts';

/** `evolve check EXPORT DATA`: exit code 0 where the export holds. */
export async function checkCommand(dir: string, data: string, { json }: { readonly json: boolean }): Promise<void> {
  const document = await checkExport(dir, data, { onNote: note });
  if (json) printJson(document);
  else print(checkText(document));
  const { recordedIn } = document.testAccess;
  if (recordedIn.length > 0) note(`test rows and requests were opened; ${recordedIn.join(' and ')} records it`);
  if (document.verdict !== 'holds') process.exitCode = EXIT.failed;
}
