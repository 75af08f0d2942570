import type { UserError } from '../base/index.ts';
import { shellWord } from './shell-word.ts';

/** Flags of the options that say something of the data. */
const DATA_FLAGS: Readonly<Record<string, string>> = {
  model: '--model',
  workload: '--workload',
  tp: '--tp',
  hardware: '--hardware',
  blockSize: '--block-size',
  architectures: '--model-config',
  accelerators: '--hardware-config',
  server: '--server',
  format: '--format',
  map: '--map',
  dropBad: '--drop-bad',
  lag: '--lag',
  keepIdle: '--keep-idle',
  dropWarmup: '--drop-warmup',
  dropOutliers: '--drop-outliers',
};

/** Flags that name columns of a table. */
const COLUMN_FLAGS: Readonly<Record<string, string>> = {
  target: '--target y',
  features: '--features x1,x2',
  weights: '--weights w',
  group: '--group column',
  unit: 'in the file of --units',
};

/** What the flag of a fact that is asked for looks like. */
const EXAMPLES: Readonly<Record<string, string>> = { model: 'NAME', tp: 'N', hardware: 'H100' };

const GO_ON = 'continue the run with `evolve resume`';
const MODELS = 'give one model, or several with weights: --model a:3,b:1';
const IMPORT = 'import the data again with `evolve data import SRC --out DIR`';
const RUN_DIRECTORY = 'name a directory that `evolve run` made';

/**
 * How an error is mended at the command line, by its code. The rooms below speak of the thing alone; where a flag or a
 * command is the way to it, this table says which. A code without a row is mended as the error itself says.
 */
const MENDS: Readonly<Record<string, string | ((error: UserError) => string)>> = {
  'physics.unknown-model': 'give its Hugging Face config.json with --model-config FILE',
  'physics.unknown-hardware': ({ mend }) => `${mend} with --hardware-config FILE`,
  'data.missing-facts': ({ details }) =>
    `give ${String(details['facts'])
      .split(',')
      .map((fact) => `${DATA_FLAGS[fact]} ${EXAMPLES[fact]}`)
      .join(' ')}, or a file that says it with --server FILE.yaml`,
  'data.missing-column':
    "add what is missing, or say which columns hold it with --map 'duration_us=1000*latency_ms, …'",
  'data.no-step-columns': ({ details }) =>
    `to predict one of its columns from the others, name it: evolve data import ${shellWord(String(details['file']))} --target ${shellWord(String(details['last']))} --out DIR; where they are steps under other names, say so with --map`,
  'data.table-no-column': ({ details, mend }) =>
    details['separator'] === undefined ? `${mend}: ${COLUMN_FLAGS[String(details['role'])]}` : mend,
  'data.table-text-column': ({ details }) => `name a column of numbers: ${COLUMN_FLAGS[String(details['role'])]}`,
  'data.table-one-target': 'name another column with --target',
  'data.table-few-rows': 'give a table with more rows, or leave out --group where it was given',
  'data.table-taken-column': 'leave it out of --features',
  'data.no-steps-in-table': 'leave out --target',
  'data.no-table': 'use --target cycle or --target duration',
  'app.wrong-objective': ({ mend }) => `${mend} with --objective, or leave it out`,
  'app.no-steps': 'look at the program with `evolve show` and `evolve report`, compare runs, or export it',
  'app.no-step-checks': 'leave out --nested and --learning-curve',
  'app.idle-in-table': 'leave out --floor and --priors',
  'data.bad-cells': 'correct what is wrong, or leave such rows out with --drop-bad',
  'data.wrong-map': ({ mend }) => `${mend}, after --map`,
  'data.no-such-format': ({ mend }) => `${mend} after --format`,
  'data.unknown-format': ({ mend }) =>
    `${mend}. A format is named with --format; of any other table, name the column to predict with --target`,
  'data.repeated-experiment':
    'rename the file or folder of one; a table is named by its model and workload: import each with a --workload of its own, then the datasets together',
  'data.contradicting-columns': ({ mend }) =>
    `${mend}; a table's units are named with --map 'duration_us=1000*latency_ms'`,
  'data.idle-option': ({ details }) => `leave out ${DATA_FLAGS[String(details['option'])] ?? 'the option'}`,
  'data.idle-architecture': ({ mend }) => mend.replace(/^Leave it out/, 'leave out --model-config'),
  'data.idle-hardware': ({ mend }) => mend.replace(/^Leave it out/, 'leave out --hardware-config'),
  'data.unmodelled-parts': 'leave out --strict-model, which then names them, or use another model',
  'data.no-cycles':
    'the target `cycle` needs records of consecutive steps with their starts: trace more of them, or use --target duration',
  'data.no-durations': 'use --target cycle, or import data with durations',
  'data.no-such-demo': ({ mend }) => `give --only ${mend.replace(/^Use /, '')}`,
  'data.not-a-dataset': IMPORT,
  'data.wrong-dataset': IMPORT,
  'data.changed-dataset': IMPORT,
  'app.failed-gates': ({ mend }) => `${mend}, or this one all the same with --force`,
  'evaluate.no-process': 'use fewer processes with --jobs, or raise the limits of open files and processes',
  'llm.no-command': 'give it with --command, e.g. --command "ollama run qwen3"',
  'llm.no-key': ({ details }) =>
    `set it: export ${details['variable']}=…; or name a server that needs none with --base-url`,
  'llm.no-template-folder': 'name a folder with templates in --prompts',
  'llm.no-model': MODELS,
  'llm.idle-model': MODELS,
  'llm.repeated-model': MODELS,
  'llm.unknown-model': 'check the name in --model and the address in --base-url',
  'llm.long-prompt': 'ask for fewer parents or a smaller prompt in the templates of --prompts',
  'llm.wrong-request': 'check --model, --base-url and the parameters of the request',
  'llm.broken-command': 'check the command in --command by running it in a shell',
  'llm.no-room':
    'lower --max-output-tokens or --children-per-call, shorten the templates of --prompts, or use a model with a longer context',
  'search.slow-model': 'continue with `evolve resume --call-timeout SECONDS`, which waits longer',
  'search.outage':
    'continue with `evolve resume` when the model answers again, or start with --on-outage grammar to go on without it',
  'run.no-directory': RUN_DIRECTORY,
  'run.no-config': RUN_DIRECTORY,
  'run.not-empty': 'name a new directory, or continue the run in it with `evolve resume`',
  'run.no-run': 'make one with `evolve run`, or name its directory',
  'run.no-program': GO_ON,
  'run.unknown-program': 'list the programs with `evolve frontier`',
  'baselines.no-program': GO_ON,
  'app.idle-weights': 'leave out --request-weights',
  'app.nothing-stored': GO_ON,
  'app.kept-already': 'give --replace to write it anew',
  'app.no-hall-of-fame': 'name a folder that `evolve keep` wrote to',
  'app.no-kept-program': 'keep one with `evolve keep`',
  'app.wrong-kept-program': 'mend the file, or write it anew with `evolve keep`',
  'app.run-on-other-data': 'leave --data out, or name a run on this data',
  'app.local-efficiencies': 'leave out --queue (and EVOLVE_QUEUE), or --bench-data',
  'app.run-for-other-target': 'leave --target out, or name another run',
  'app.no-price': 'add its price to a file for --prices, or limit the run with --max-calls',
  'app.wrong-address': 'write it like --base-url http://localhost:11434/v1',
  'app.unknown-operator': 'continue it with the script that started it',
  'export.hidden-feature': 'choose a program that reads only features of the batch; `evolve frontier` lists them',
  'export.not-an-export': 'name a folder that `evolve export --go` wrote',
  'export.no-model-file': 'export the program again with `evolve export --go`',
  'export.wrong-model': 'export the program again with `evolve export --go`',
  'export.wrong-version': 'export the program again with `evolve export --go`',
  'export.two-fits': 'export a run with `--scope model`, which fits one set of constants for each model and tp',
  'report.cannot-listen': 'give another port or address with --port or --host',
};

/** The codes whose mend is worded anew here. */
export const MENDED_CODES: readonly string[] = Object.keys(MENDS);

/** What to do about an error, in the words of the command line. */
export function mendOf(error: UserError): string {
  const mend = MENDS[error.code];
  return typeof mend === 'function' ? mend(error) : (mend ?? error.mend);
}
