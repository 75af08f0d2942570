import { type SimulateOptions, simulateProgram } from '../app/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { simulateText } from './simulate-text.ts';

interface SimulateFlags extends SimulateOptions {
  readonly test?: boolean;
  readonly json: boolean;
}

/** `evolve simulate [RUN] [PROGRAM]`. */
export async function simulateCommand(
  first: string | undefined,
  second: string | undefined,
  { json, test = false, ...options }: SimulateFlags,
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const document = await simulateProgram(run, id, test ? { ...options, split: 'test' } : options);
  if (json) return printJson(document);
  print(`Program ${document.program} of ${run.directory} in closed loop, ${document.split} requests:`);
  print(simulateText(document));
  for (const [experiment, why] of Object.entries(document.missing)) note(`${experiment}: not simulated, ${why}`);
  if (test) note(`test requests were opened; ${run.directory}/test-access.jsonl records it`);
}
