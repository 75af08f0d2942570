import { openRun } from '../../src/run/index.ts';
import { continueToy } from './toy-run.ts';

/** Continues the run named on the command line and says so after every generation: a process to be killed. */
const run = openRun(process.argv[2] ?? '');
await continueToy(run, { onGeneration: ({ state }) => process.stdout.write(`${state.generation}\n`) });
