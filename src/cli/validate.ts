import { validateProgram, type ValidateDocument } from '../app/index.ts';
import type { Run } from '../run/index.ts';
import { onStopSignal } from './exit-codes.ts';
import { runAndProgramOf } from './find-run.ts';
import { NestedProgressLine } from './nested-progress.ts';
import { note, print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';
import { queueOption } from './work.ts';
import { validationText } from './validate-text.ts';

interface ValidateFlags {
  readonly nested: boolean;
  readonly generations?: number;
  readonly learningCurve: boolean;
  readonly transfer?: boolean;
  readonly jobs: number;
  readonly queue?: string;
  readonly queueData?: string;
  readonly json: boolean;
}

/** `evolve validate [RUN] [PROGRAM]`: opens the test rows and requests, and says in the run's directory that it did. */
export async function validateCommand(
  first: string | undefined,
  second: string | undefined,
  flags: ValidateFlags,
  explicit: readonly string[],
): Promise<void> {
  if (explicit.includes('--queue') && !flags.nested) {
    throw new UsageError('--queue says who makes the searches of --nested', 'Give --nested, or leave it out.');
  }
  if (flags.generations !== undefined && !flags.nested) {
    throw new UsageError('--generations says how long each search of --nested is', 'Give --nested, or leave it out.');
  }
  const { run, id } = runAndProgramOf(first, second);
  const document = await validate(run, id, flags);
  if (document === undefined) return;
  if (flags.json) return printJson(document);
  const rows = run.config.data.table === undefined ? 'test rows and requests' : 'test rows';
  print(`${rows.replace(/^t/, 'T')} of ${run.directory}, program ${document.program}:`);
  print(validationText(document));
  note(`${rows} were opened; ${run.directory}/test-access.jsonl records it`);
}

/** @returns undefined where the user stopped it. */
async function validate(
  run: Run,
  id: string | undefined,
  { nested, generations, learningCurve, transfer, jobs, ...queue }: ValidateFlags,
): Promise<ValidateDocument | undefined> {
  const options = { jobs, learningCurve, ...(transfer !== undefined && { transfer }), onNote: note };
  if (!nested) return validateProgram(run, id, options);
  const stop = new AbortController();
  const line = new NestedProgressLine(process.stderr);
  const forgetSignals = onStopSignal(() => {
    note('\nstopping after this generation; press Ctrl-C again to stop at once (nothing committed is lost)');
    stop.abort();
  });
  try {
    return await validateProgram(run, id, {
      ...options,
      nested: {
        ...(generations !== undefined && { generations }),
        ...queueOption(queue),
        onProgress: (progress) => line.show(progress),
        // From here on Ctrl-C ends the process as it always does: there is nothing to go on from.
        onEnd: forgetSignals,
        signal: stop.signal,
      },
    });
  } catch (error) {
    if (error !== stop.signal.reason || !stop.signal.aborted) throw error;
    note(`stopped; no test row was opened. The same command goes on from what is in ${run.files.nested}`);
    return undefined;
  } finally {
    forgetSignals();
  }
}
