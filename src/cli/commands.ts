import { type Command, Option } from 'commander';
import { defaultJobs, positiveNumber, threeNumbers, wholeNumber } from './options.ts';

/**
 * Declares every command and flag. A command's code is imported only when it runs, so that `--help` answers at once.
 */
export function declareCommands(program: Command): void {
  program
    .description(
      'Discovers how long a step of an LLM server takes: evolves small predictStepTime programs over traces.',
    )
    .version('0.1.0')
    .exitOverride()
    // `main` prints errors, in one place and in one line.
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      'after',
      `
Examples:
  $ evolve run --generations 100 --seed 3        search on the embedded demo data, no key needed
  $ evolve frontier                              the Pareto front of the newest run
  $ evolve export --go ./out                     its chosen program as a Go package with parity tests`,
    );
  declareRun(program);
  declareReview(program);
  declareData(program);
}

function json(): Option {
  return new Option('--json', 'print one JSON document on stdout and nothing else').default(false);
}

function jobs(): Option {
  return new Option('--jobs <n>', 'processes to evaluate with').argParser(wholeNumber(1)).default(defaultJobs());
}

function declareRun(program: Command): void {
  program
    .command('run')
    .summary('search for better step-time programs')
    .description('Searches for better step-time programs and ends with the Pareto front. Progress goes to stderr.')
    .option('--data <dir>', 'dataset folder made by `evolve data import` (default: the embedded demo data)')
    .addOption(new Option('--target <name>', 'what to predict').choices(['cycle', 'duration']).default('cycle'))
    .addOption(
      new Option('--objective <name>', 'fitness (default: e2e for cycle, mape for duration)').choices(['e2e', 'mape']),
    )
    .addOption(
      new Option('--scope <name>', 'which experiments share fitted constants')
        .choices(['global', 'model', 'experiment'])
        .default('model'),
    )
    .addOption(new Option('--generations <n>', 'generations to run at most').argParser(wholeNumber(1)).default(1000))
    .addOption(new Option('--children <k>', 'programs proposed a generation').argParser(wholeNumber(1)).default(8))
    .addOption(new Option('--islands <n>', 'islands of the archive').argParser(wholeNumber(1)).default(4))
    .addOption(new Option('--seed <n>', 'seed of all randomness').argParser(wholeNumber(0)).default(1))
    .addOption(new Option('--operator <name>', 'what mutates programs').choices(['grammar']).default('grammar'))
    .addOption(new Option('--max-operations <n>', 'cap on operations').argParser(wholeNumber(1)).default(30))
    .addOption(new Option('--max-conditionals <n>', 'cap on conditionals').argParser(wholeNumber(0)).default(3))
    .addOption(new Option('--max-constants <n>', 'cap on fitted constants').argParser(wholeNumber(1)).default(10))
    .addOption(
      new Option('--timeout <seconds>', 'wall-clock limit for one program').argParser(positiveNumber).default(30),
    )
    .addOption(jobs())
    .option('--out <dir>', 'run directory (default: a new one below runs/)')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve run --generations 100 --seed 3
  $ evolve run --data data/stepml --generations 100 --seed 3 --out runs/mine
  $ evolve run --data data/stepml --target duration --scope experiment --json > run.json`,
    )
    .action(async (options) => (await import('./run.ts')).runCommand(options));

  program
    .command('resume')
    .summary('continue an interrupted run')
    .description('Continues a run that was interrupted, to the same archive that an uninterrupted run gives.')
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run)')
    .addOption(jobs())
    .addOption(json())
    .action(async (run, options) => (await import('./resume.ts')).resumeCommand(run, options));
}

function declareReview(program: Command): void {
  program
    .command('frontier')
    .summary('the Pareto front of a run')
    .description('The Pareto front of a run over operations, features and error.')
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run)')
    .addOption(json())
    .action(async (run, options) => (await import('./frontier.ts')).frontierCommand(run, options));

  program
    .command('show')
    .summary('one program: source, constants by group, errors, lineage')
    .description('One program: source, constants by group, errors on validation rows, lineage.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(json())
    .action(async (first, second, options) => (await import('./show.ts')).showCommand(first, second, options));

  program
    .command('validate')
    .summary('errors on the test rows')
    .description(
      'Errors of a program on the test rows, which no other step of a run opens. The run directory records that they were.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(jobs())
    .addOption(json())
    .action(async (first, second, options) => (await import('./validate.ts')).validateCommand(first, second, options));

  program
    .command('export')
    .summary('a program as a Go package')
    .description('Writes a program as a Go package with its constants in a YAML file, a parity test and a benchmark.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .requiredOption('--go <dir>', 'folder for the Go package; it must be absent, empty, or an earlier export')
    .addOption(
      new Option('--interface <name>', 'which interface the Go model implements')
        .choices(['standalone', 'blis-research', 'blis-main'])
        .default('standalone'),
    )
    .addOption(
      new Option(
        '--alpha <a0,a1,a2>',
        'µs: queueing time is a0 + a1 × input length, output-token processing a2 (default: 0,0,0; step traces say nothing of them)',
      ).argParser(threeNumbers),
    )
    .option('--vllm-version <version>', 'vllm_version in the coefficients file')
    .addOption(json())
    .action(async (first, second, options) => (await import('./export.ts')).exportCommand(first, second, options));
}

function declareData(program: Command): void {
  const data = program.command('data').description('Import, describe and make datasets.');

  data
    .command('import')
    .description('Imports a ground-truth folder tree, one Parquet file or one CSV file as a dataset folder.')
    .argument('<src>', 'folder tree of experiments, or a .parquet or .csv file of step records')
    .requiredOption('--out <dir>', 'dataset folder to write')
    .option('--model <name>', 'for a single file: the model')
    .option('--model-config <file>', 'Hugging Face config.json of a model that is not built in')
    .option('--workload <name>', 'for a single file: the workload')
    .addOption(new Option('--tp <n>', 'for a single file: tensor parallelism').argParser(wholeNumber(1)))
    .option('--hardware <name>', 'accelerator of the measurements', 'H100')
    .addOption(new Option('--block-size <tokens>', 'KV cache block size').argParser(wholeNumber(1)).default(16))
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve data import traces/ --out data/mine
  $ evolve data import steps.parquet --model llama-2-70b --tp 4 --workload general --out data/mine`,
    )
    .action(async (src, options) => (await import('./data-import.ts')).dataImportCommand(src, options));

  data
    .command('describe')
    .description('Experiments, splits, cycle pairs and features of a dataset.')
    .argument('[dir]', 'dataset folder (default: the embedded demo data)')
    .addOption(json())
    .action(async (dir, options) => (await import('./data-describe.ts')).dataDescribeCommand(dir, options));

  data
    .command('demo')
    .description('Writes the embedded demo data as a dataset folder.')
    .requiredOption('--out <dir>', 'dataset folder to write')
    .addOption(json())
    .action(async (options) => (await import('./data-demo.ts')).dataDemoCommand(options));
}
