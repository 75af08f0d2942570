import { type SimulateDocument, type SimulateOptions, simulateProgram } from '../app/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { blisText } from './blis-text.ts';
import { simulateText } from './simulate-text.ts';
import { UsageError } from './usage-error.ts';

interface SimulateFlags extends Omit<SimulateOptions, 'thinkS' | 'onNote' | 'blis'> {
  readonly blis?: string;
  readonly blisBackends?: readonly string[];
  /** s. */
  readonly blisTimeout?: number;
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
  { json, test = false, thinkTime, blis, blisBackends, blisTimeout, ...others }: SimulateFlags,
): Promise<void> {
  if (thinkTime !== undefined && others.clients === undefined) {
    throw new UsageError('--think-time is of clients that wait for their answers', 'say how many with --clients N');
  }
  if (blis === undefined && (blisBackends !== undefined || blisTimeout !== undefined)) {
    throw new UsageError('--blis-backends and --blis-timeout belong to --blis', 'name the program with --blis BIN');
  }
  if (blis !== undefined && others.clients !== undefined) {
    throw new UsageError('--blis serves requests as they came, and --clients lets them wait', 'leave one of them out');
  }
  const { run, id } = runAndProgramOf(first, second);
  const document = await simulateProgram(run, id, {
    ...others,
    ...(thinkTime !== undefined && { thinkS: thinkTime }),
    ...(test && { split: 'test' }),
    ...(blis !== undefined && {
      blis: {
        binary: blis,
        ...(blisBackends && { backends: blisBackends }),
        ...(blisTimeout !== undefined && { timeoutS: blisTimeout }),
      },
    }),
    onNote: note,
  });
  if (json) return printJson(document);
  print(`Program ${document.program} of ${run.directory} in closed loop, ${REQUESTS_OF[document.split]} requests\n`);
  print(simulateText(document));
  if (document.blis !== undefined) print(`\n${blisText(document)}`);
  for (const [experiment, why] of Object.entries(document.missing)) note(`${experiment}: not simulated, ${why}`);
  if (test) note(`test requests were opened; ${run.directory}/test-access.jsonl records it`);
}
