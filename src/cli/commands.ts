import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { availableProcessors } from '../base/index.ts';
import { FORMAT_NAMES } from './format-names.ts';
import { declareLlmOptions, maxMinutes } from './llm-flags.ts';
import { seedRange } from './seed-range.ts';
import { lag, positiveNumber, requestWeights, share, threeNumbers, wholeNumber } from './options.ts';

/** From package.json, which lies two folders up from the sources and from the build. */
function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}

/** Each holds the data; more than a large machine has processors only eat its memory. */
const MOST_JOBS = 1024;
const MOST_PORT = 65_535;

/**
 * Declares every command and flag. A command's code is imported only when it runs, so that `--help` answers at once.
 */
export function declareCommands(program: Command): void {
  program
    .description(
      'Discovers how long a step of an LLM server takes: evolves small predictStepTime programs over traces.',
    )
    .version(packageVersion())
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

function csv(): Option {
  return new Option('--csv', 'print comma-separated values on stdout and nothing else')
    .default(false)
    .conflicts('json');
}

function jobs(): Option {
  return new Option('--jobs <n>', 'processes to evaluate with')
    .argParser(wholeNumber(1, MOST_JOBS))
    .default(availableProcessors());
}

function declareRun(program: Command): void {
  const command = program
    .command('run')
    .summary('search for better step-time programs')
    .description('Searches for better step-time programs and ends with the Pareto front. Progress goes to stderr.')
    .option('--data <dir>', 'dataset folder made by `evolve data import` (default: the embedded demo data)')
    .addOption(new Option('--target <name>', 'what to predict').choices(['cycle', 'duration']).default('cycle'))
    .addOption(
      new Option('--objective <name>', 'what the error measures (default: e2e for cycle, mape for duration)').choices([
        'e2e',
        'mape',
        'replay',
      ]),
    )
    .addOption(
      new Option(
        '--request-weights <e2e,ttft,itl>',
        'what these weigh where requests were logged rather than steps (default: 1,0.3,1)',
      ).argParser(requestWeights),
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
    .addOption(
      new Option('--seeds <list>', 'independent runs of several seeds, compared at the end: 1..5 or 1,4,9')
        .argParser(seedRange)
        .conflicts(['seed', 'replay']),
    )
    .addOption(new Option('--max-operations <n>', 'cap on operations').argParser(wholeNumber(1)).default(30))
    .addOption(new Option('--max-conditionals <n>', 'cap on conditionals').argParser(wholeNumber(0)).default(3))
    .addOption(new Option('--max-constants <n>', 'cap on fitted constants').argParser(wholeNumber(1)).default(10))
    .addOption(
      new Option('--timeout <seconds>', 'wall-clock limit for one program').argParser(positiveNumber).default(30),
    )
    .addOption(jobs())
    .option('--out <dir>', 'run directory (default: a new one below runs/)')
    .option('--seed-from <dir>', 'start from the programs kept in this folder too; see `evolve keep`')
    .addOption(
      new Option('--ui [port]', 'show the run live in a browser, on this machine alone').argParser(
        wholeNumber(1, MOST_PORT),
      ),
    )
    .addOption(json());
  declareLlmOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ evolve run --generations 100 --seed 3
  $ evolve run --data data/stepml --generations 100 --seed 3 --out runs/mine
  $ evolve run --data data/stepml --target duration --scope experiment --json > run.json
  $ evolve run --seeds 1..5 --generations 100 --out runs/five                   independent runs, compared at the end
  $ evolve run --operator anthropic --model claude-sonnet-5-5 --max-cost 2      needs ANTHROPIC_API_KEY
  $ evolve run --operator openai --model qwen3:8b --base-url http://localhost:11434/v1
  $ evolve run --replay runs/mine                                               needs no key`,
    )
    .action(async (options, typed) => (await import('./run.ts')).runCommand(options, explicitFlags(typed)));

  program
    .command('resume')
    .summary('continue an interrupted run')
    .description('Continues a run that was interrupted, to the same archive that an uninterrupted run gives.')
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run)')
    .addOption(jobs())
    .addOption(maxMinutes())
    .addOption(json())
    .action(async (run, options) => (await import('./resume.ts')).resumeCommand(run, options));
}

/** Flags that the user typed, e.g. `--seed`. */
function explicitFlags(command: Command): readonly string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long ?? '');
}

function declareReview(program: Command): void {
  program
    .command('frontier')
    .summary('the Pareto front of a run')
    .description('The Pareto front of a run over operations, features and error, as a table and a small plot.')
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run)')
    .addOption(csv())
    .addOption(json())
    .action(async (run, options) => (await import('./frontier.ts')).frontierCommand(run, options));

  program
    .command('show')
    .summary('one program: source, constants by group, errors, lineage')
    .description('One program: source with fitted constants, errors by experiment, and the change from its parent.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(csv())
    .addOption(json())
    .action(async (first, second, options) => (await import('./show.ts')).showCommand(first, second, options));

  program
    .command('lineage')
    .summary('how a program came about, step by step')
    .description('The ancestry of a program from a seed, with the change and the errors at each step.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(csv())
    .addOption(json())
    .action(async (first, second, options) => (await import('./lineage.ts')).lineageCommand(first, second, options));

  program
    .command('diff')
    .summary('the difference between two programs of a run')
    .description('The difference between two programs of a run, in figures and in text.')
    .argument('<a>', 'program id')
    .argument('<b>', 'program id')
    .option('--run <run>', 'run directory or its name below runs/ (default: the newest run)')
    .addOption(json())
    .action(async (a, b, options) => (await import('./diff.ts')).diffCommand(a, b, options));

  program
    .command('report')
    .summary('the run as one HTML page')
    .description('Writes a run as one self-contained HTML page: opens from disk, needs no network.')
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run)')
    .option('--out <file>', 'file to write (default: report.html in the run directory)')
    .addOption(json())
    .action(async (run, options) => (await import('./report.ts')).reportCommand(run, options));

  program
    .command('ui')
    .summary('runs in a browser, live while they go on')
    .description('Serves the pages of the runs below runs/, live for those that go on. Reads only; Ctrl-C ends it.')
    .argument('[run]', 'run directory or its name below runs/ to begin with')
    .addOption(new Option('--port <n>', 'port (default: 8787, or any free one)').argParser(wholeNumber(1, MOST_PORT)))
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .action(async (run, options) => (await import('./ui.ts')).uiCommand(run, options));

  program
    .command('keep')
    .summary('keep a program in the hall of fame')
    .description('Stores a program with its constants, figures and provenance as one readable file.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .option('--note <text>', 'why it is worth keeping')
    .option('--archive <dir>', 'folder of kept programs', 'archive')
    .option('--replace', 'write the file anew where there is one', false)
    .addOption(json())
    .action(async (first, second, options) => (await import('./keep.ts')).keepCommand(first, second, options));

  program
    .command('prompt')
    .summary('the exact prompt that a language model gets')
    .description('Prints the exact texts that a language model would be sent to change a program.')
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(
      new Option('--kind <kind>', 'what the prompt asks for')
        .choices(['point', 'structural', 'crossover', 'informed'])
        .default('structural'),
    )
    .option('--prompts <dir>', 'folder with templates to try in place of those of the run')
    .addOption(json())
    .action(async (first, second, options) => (await import('./prompt.ts')).promptCommand(first, second, options));

  program
    .command('validate')
    .summary('how far a program can be trusted: test rows, generalisation, invariants')
    .description(
      'Errors of a program on the test rows with bootstrap intervals, with models, workloads and high load held out, and the six invariants. The run directory records that test rows were opened.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .addOption(jobs())
    .addOption(json())
    .action(async (first, second, options) => (await import('./validate.ts')).validateCommand(first, second, options));

  program
    .command('simulate')
    .summary('latencies as clients would see them: a program in closed loop')
    .description(
      'Serves the logged requests of the data with the step times of a program, and shows TTFT, inter-token and end-to-end latency beside the measured ones. Other loads and servers can be tried.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .option('--data <dir>', 'dataset folder with request logs (default: the data of the run)')
    .addOption(new Option('--rate <factor>', 'requests come so many times as fast').argParser(positiveNumber))
    .addOption(new Option('--max-num-seqs <n>', 'requests in a batch at most').argParser(wholeNumber(1)))
    .addOption(new Option('--max-num-batched-tokens <n>', 'token budget of a step').argParser(wholeNumber(1)))
    .addOption(new Option('--kv-blocks <n>', 'KV blocks of a rank').argParser(wholeNumber(1)))
    .addOption(new Option('--data-parallel <n>', 'ranks with a scheduler of their own').argParser(wholeNumber(1)))
    .addOption(new Option('--split <name>', 'whose requests are judged').choices(['train', 'valid']).default('valid'))
    .addOption(new Option('--test', 'judge the test requests; the run directory records it').conflicts('split'))
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve simulate
  $ evolve simulate runs/cycle-seed3 --rate 1.5 --max-num-seqs 64`,
    )
    .action(async (first, second, options) => (await import('./simulate.ts')).simulateCommand(first, second, options));

  program
    .command('compare')
    .summary('how runs of several seeds or operators agree')
    .description(
      'Median and interquartile range of every figure over runs, convergence at equal budget by operator, and which structures recur. Opens no test rows.',
    )
    .argument('<runs...>', 'run directories or names below runs/')
    .addOption(json())
    .action(async (runs, options) => (await import('./compare.ts')).compareCommand(runs, options));

  program
    .command('leaderboard')
    .summary("every reference predictor and the run's programs on the same test rows")
    .description(
      "Fits every reference predictor on training rows, chooses its settings on validation rows, and scores all of them and the run's front on the same test rows.",
    )
    .argument('[run]', 'run directory or its name below runs/ (default: the newest run, if it is on this data)')
    .option('--data <dir>', "dataset folder (default: the run's data, or the embedded demo data)")
    .addOption(
      new Option('--target <name>', "what to predict (default: the run's target, or cycle)").choices([
        'cycle',
        'duration',
      ]),
    )
    .option('--bench-data <dir>', 'bench_data folder with measured kernel efficiencies for the roofline')
    .option('--traces <dir>', 'ground-truth folder tree with request journeys, for the queueing model')
    .addOption(new Option('--markdown', 'print the table as Markdown').default(false))
    .addOption(json())
    .action(async (run, options) => (await import('./leaderboard.ts')).leaderboardCommand(run, options));

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
    .description(
      'Makes one dataset folder of step records and request logs; their formats are told from their content.',
    )
    .argument('<src...>', 'ground-truth folder trees, files of a known format, folders of such files, datasets')
    .requiredOption('--out <dir>', 'dataset folder to write')
    .option('--format <name>', 'format of the files, in place of what their content shows')
    .option(
      '--map <columns>',
      'columns of tables with other names or units: a YAML file, or like `step.id=iter, duration_us=1000*latency_ms`',
    )
    .option('--server <file>', 'YAML file that says what the server was started with, and its hardware')
    .option('--model <name>', 'the model, where a source does not say it')
    .option('--model-config <file>', 'Hugging Face config.json of a model that is not built in')
    .option('--workload <name>', 'the workload, where a source does not say it')
    .addOption(new Option('--tp <n>', 'tensor parallelism, where a source does not say it').argParser(wholeNumber(1)))
    .option('--hardware <name>', 'accelerator, where a source does not say it (step records: H100 by default)')
    .addOption(new Option('--block-size <tokens>', 'KV cache block size (default: 16)').argParser(wholeNumber(1)))
    .option('--drop-bad', 'leave out rows with cells that are empty, no numbers or impossible')
    .option('--keep-idle', 'count waits with an empty engine and stalls as step time')
    .addOption(new Option('--drop-warmup <n>', 'leave out the first steps of each engine').argParser(wholeNumber(1)))
    .addOption(
      new Option(
        '--drop-outliers <mads>',
        'leave out cycles that are further than so many median absolute deviations from what their batches explain',
      ).argParser(positiveNumber),
    )
    .addOption(
      new Option(
        '--lag <steps>',
        'which batch explains a cycle: its own (0), the one before (1), or what the data show (auto, the default)',
      ).argParser(lag),
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve data import traces/ --out data/mine
  $ evolve data import steps.parquet --model llama-2-70b --tp 4 --workload general --out data/mine
  $ evolve data import steps.csv --map 'step.id=iter, duration_us=1000*latency_ms' --model llama-2-70b --tp 4 --out data/mine
  $ evolve data import run1/requests.jsonl run2/requests.jsonl --server server.yaml --out data/mine

Formats: ${FORMAT_NAMES.join(', ')}.`,
    )
    .action(async (sources, options) => (await import('./data-import.ts')).dataImportCommand(sources, options));

  data
    .command('describe')
    .description('Experiments, splits, cycle pairs and features of a dataset.')
    .argument('[dir]', 'dataset folder (default: the embedded demo data)')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve data describe data/mine
  $ evolve data describe data/mine --json > mine.json     also the ids of all cycles that are left out`,
    )
    .action(async (dir, options) => (await import('./data-describe.ts')).dataDescribeCommand(dir, options));

  data
    .command('demo')
    .description(
      'Writes the embedded demo data as a dataset folder, or as the logs that servers, tracers and clients would have left.',
    )
    .option('--out <dir>', 'dataset folder to write')
    .option('--raw <dir>', 'folder for logs in every format that can be imported: 150 to 900 MB an experiment')
    .option('--only <text>', 'with --raw: experiments whose ids contain it (default: roleplay; all of them: tp)')
    .addOption(
      new Option('--sample <share>', 'with --raw: share of the steps that traces record (default: 0.1)').argParser(
        share,
      ),
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve data demo --out data/demo
  $ evolve data demo --raw raw --only 7b-tp1-roleplay                  one experiment in every format
  $ evolve data demo --raw raw --only 7b-tp1-roleplay --sample 1       every step traced`,
    )
    .action(async (options) => (await import('./data-demo.ts')).dataDemoCommand(options));
}
