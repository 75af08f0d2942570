import { type SimulateDocument, type SimulateOptions, simulateProgram } from '../app/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { simulateText } from './simulate-text.ts';
import { UsageError } from './usage-error.ts';

interface SimulateFlags extends Omit<SimulateOptions, 'thinkS' | 'onNote'> {
  /** s. */
  readonly thinkTime?: number;
  readonly test?: boolean;
  readonly json: boolean;
}

const REQUESTS_OF: { readonly [S in SimulateDocument['split']]: string } = {
  train: 'training',
  valid: 'validation',
  test: 'test',
};

/** `evolve simulate [RUN] [PROGRAM]`. */
export async function simulateCommand(
  first: string | undefined,
  second: string | undefined,
  { json, test = false, thinkTime, ...others }: SimulateFlags,
): Promise<void> {
  if (thinkTime !== undefined && others.clients === undefined) {
    throw new UsageError('--think-time is of clients that wait for their answers', 'say how many with --clients N');
  }
  const { run, id } = runAndProgramOf(first, second);
  const document = await simulateProgram(run, id, {
    ...others,
    ...(thinkTime !== undefined && { thinkS: thinkTime }),
    ...(test && { split: 'test' }),
    onNote: note,
  });
  if (json) return printJson(document);
  print(`Program ${document.program} of ${run.directory} in closed loop, ${REQUESTS_OF[document.split]} requests\n`);
  print(simulateText(document));
  for (const [experiment, why] of Object.entries(document.missing)) note(`${experiment}: not simulated, ${why}`);
  if (test) note(`test requests were opened; ${run.directory}/test-access.jsonl records it`);
}
