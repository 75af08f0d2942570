import { type Command, Option } from 'commander';
import { factor, nonNegativeNumber, onOff, threeNumbers, wholeNumber } from './options.ts';
import { csv, explicitFlags, jobs, json, queue, queueData } from './shared-flags.ts';

/** What is asked for where laws have to carry over. */
const TRANSFER =
  'also fit without each model, kind of GPU, generation and engine in turn, every reference predictor too (default for serving points)';

const MOST_PORT = 65_535;

/** The commands that look at a run and use what it found. */
export function declareReview(program: Command): void {
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
    .addOption(
      new Option(
        '--terms',
        'what its times are made of: shares of its terms by regime, importance of features, signs, residuals (reads the data)',
      )
        .default(false)
        .conflicts('csv'),
    )
    .addOption(
      new Option(
        '--curves',
        'how it behaves where nothing was measured: physical floor, response curves, 90 % intervals (reads the data)',
      )
        .default(false)
        .conflicts(['csv', 'terms']),
    )
    .addOption(
      new Option('--reply', 'what the model wrote that it was read from; PROGRAM may be a call too, e.g. 12.3')
        .default(false)
        .conflicts(['csv', 'terms', 'curves']),
    )
    .addOption(csv())
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve show                      the pick of the newest run
  $ evolve show runs/mine 44f4454c   another program
  $ evolve show --terms              which term takes how much of the time, and where
  $ evolve show --curves             its time against prompts, contexts and requests far beyond the data
  $ evolve show runs/mine 44f4454c --reply   what the model wrote, thoughts included
  $ evolve show runs/mine 12.3 --reply       the reply to call 3 of generation 12, also where no program came of it
  $ evolve show --terms --json       the same as one document`,
    )
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
    .option('--diff <programs...>', 'two program ids: only what the prompts for them differ in')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve prompt                                   to change the pick of the newest run
  $ evolve prompt runs/mine 44f4454c --kind point   for small changes of another program
  $ evolve prompt runs/mine --diff 44f4454c 2c04b67a   what a model is told of the second and not of the first
  $ evolve prompt --prompts my-prompts              with templates of your own; prompts/README.md has their values`,
    )
    .action(async (first, second, options) => (await import('./prompt.ts')).promptCommand(first, second, options));

  program
    .command('validate')
    .summary('how far a program can be trusted: test rows and requests, generalisation, invariants')
    .description(
      'Errors of a program on the test rows with bootstrap intervals; latencies of the test requests in closed loop, where the load of clients is known; both with models, workloads, kinds of GPU and the highest loads held out; and the six invariants. The run directory records that test rows and requests were opened.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .option('--nested', 'search the structure again without each part that is held out', false)
    .addOption(
      new Option('--generations <n>', 'generations of each search of --nested (default: those of the run)').argParser(
        wholeNumber(1),
      ),
    )
    .option('--learning-curve', 'error on validation rows against the number of training rows', false)
    .option('--transfer', TRANSFER)
    .addOption(jobs())
    .addOption(queue())
    .addOption(queueData())
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve validate                                the pick of the newest run
  $ evolve validate --nested --generations 30      shorter searches than the run's
  $ evolve validate runs/mine --nested             goes on where it was stopped
  $ evolve validate --transfer                     without each model, GPU, engine, beside every baseline
  $ evolve validate --learning-curve --json        would more rows help?`,
    )
    .action(async (first, second, options, typed) =>
      (await import('./validate.ts')).validateCommand(first, second, options, explicitFlags(typed)),
    );

  program
    .command('simulate')
    .summary('latencies as clients would see them: a program in closed loop')
    .description(
      'Serves the logged requests of the data with the step times of a program, and shows TTFT, inter-token and end-to-end latency beside the measured ones. Other loads and servers can be tried.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .option('--data <dir>', 'dataset folder with request logs (default: the data of the run)')
    .addOption(new Option('--rate <factor>', 'requests come so many times as fast: 1.5 or x1.5').argParser(factor))
    .addOption(
      new Option('--clients <n>', 'so many clients send the requests, each its next one after its last answer')
        .argParser(wholeNumber(1))
        .conflicts('rate'),
    )
    .addOption(
      new Option('--think-time <s>', 'seconds from an answer to the next request of a client').argParser(
        nonNegativeNumber,
      ),
    )
    .addOption(new Option('--max-num-seqs <n>', 'requests in a batch at most').argParser(wholeNumber(1)))
    .addOption(new Option('--max-num-batched-tokens <n>', 'token budget of a step').argParser(wholeNumber(1)))
    .addOption(new Option('--kv-blocks <n>', 'KV blocks of a rank').argParser(wholeNumber(1)))
    .addOption(new Option('--data-parallel <n>', 'ranks with a scheduler of their own').argParser(wholeNumber(1)))
    .addOption(
      new Option('--async-scheduling <on|off>', 'whether a step is scheduled during the last').argParser(onOff),
    )
    .option('--blis <program>', 'the simulator BLIS, built: serves the same requests beside it')
    .addOption(
      new Option(
        '--blis-backends <names>',
        'its latency backends, e.g. evolved,trained-physics (default: trained-physics)',
      ).argParser((text: string): readonly string[] => text.split(',')),
    )
    .addOption(
      new Option('--blis-timeout <s>', 'seconds that BLIS may take for an experiment (default: 600)').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(new Option('--split <name>', 'whose requests are judged').choices(['train', 'valid']).default('valid'))
    .addOption(new Option('--test', 'judge the test requests; the run directory records it').conflicts('split'))
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve simulate                                the pick of the newest run
  $ evolve simulate runs/cycle-seed3 --test        judged on test requests
  $ evolve simulate --rate x1.5 --max-num-seqs 64  more load, smaller batches
  $ evolve simulate --clients 32 --think-time 2    32 users send them
  $ evolve simulate --data DIR --json              other data, as one document
  $ evolve simulate --blis ../inference-sim/blis   BLIS beside it`,
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
    .summary("every reference predictor and the run's programs on the same test rows and requests")
    .description(
      "Fits every reference predictor on training rows, chooses its settings on validation rows, and scores all of them and the run's front on the same test rows. Where the load of clients is known, it serves the test requests with the step times of each. Where steps were not recorded, the baselines are fitted on the batches of a replay.",
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
    .addOption(queue())
    .addOption(queueData())
    .option('--transfer', TRANSFER)
    .addOption(new Option('--markdown', 'print the table as Markdown').default(false))
    .addOption(json())
    .action(async (run, options) => (await import('./leaderboard.ts')).leaderboardCommand(run, options));

  program
    .command('export')
    .summary('a program as a Go package, Python, LaTeX or JSON')
    .description(
      'Writes a program as a Go package with its constants in a YAML file, a parity test and a benchmark; of a table as a plain Go function. Or as a function of its columns in Python, as LaTeX, or as a graph in JSON.',
    )
    .argument('[run-or-program]', 'run directory or name, or a program of the newest run')
    .argument('[program]', "program id (default: the run's pick)")
    .option('--go <dir>', 'folder for the Go package; it must be absent, empty, or an earlier export')
    .option('--python <dir>', 'folder for a function on NumPy arrays, with a parity test')
    .option('--latex <dir>', 'folder for the formula as LaTeX')
    .option('--tree <dir>', 'folder for the graph of the formula as JSON')
    .addOption(
      new Option('--interface <name>', 'which interface the Go model implements (default: standalone)').choices([
        'standalone',
        'blis-research',
        'blis-main',
      ]),
    )
    .addOption(
      new Option(
        '--alpha <a0,a1,a2>',
        'what clients see beyond steps, for all models: a0 µs before a request is queued, a1 µs after its last token (blis-research: µs for each token of the prompt, before), a2 µs for each output token (default: as fitted for each model, else 0,0,0)',
      ).argParser(threeNumbers),
    )
    .option('--vllm-version <version>', 'vllm_version in the coefficients file')
    .option(
      '--blis-patch <checkout>',
      'a latency backend of the simulator BLIS: prints a patch against a source tree of it, for `git apply`',
    )
    .option('--backend <name>', 'name of that backend (default: evolved)')
    .option('--out <dir>', 'folder for the patch and the files that it makes, in place of printing it')
    .option('--force', 'also a program that fails a gate; its README then says which and why', false)
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve export --go out && (cd out && go test ./...)
  $ evolve export runs/mine --python py && (cd py && python3 test_model.py)
  $ evolve export runs/mine 9cf92156 --latex tex
  $ evolve export --blis-patch ../inference-sim > evolved.patch
  $ evolve export --blis-patch ../inference-sim --backend my-h100 --out pr`,
    )
    .action(async (first, second, options) => (await import('./export.ts')).exportCommand(first, second, options));

  program
    .command('refit')
    .summary("constants of BLIS's own formulas, fitted to your data")
    .description(
      'Fits the constants of a formula of the simulator BLIS to step records and request logs, and prints the section that BLIS reads: of defaults.yaml, or of hardware_config.json for roofline. Errors beside those of the shipped constants go to stderr; test rows stay closed.',
    )
    .addOption(
      new Option('--form <name>', 'which formula').choices(['trained-physics', 'roofline']).makeOptionMandatory(),
    )
    .option('--data <dir>', 'dataset folder; `evolve data import` makes one (default: the embedded demo data)')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve refit --form trained-physics --data data/may    a section for defaults.yaml
  $ evolve refit --form roofline --data data/may           one for hardware_config.json`,
    )
    .action(async (options) => (await import('./refit.ts')).refitCommand(options));

  program
    .command('check')
    .summary('whether an export still holds on new data')
    .description(
      'Judges an exported model on new logs or traces: errors by experiment and by regime, now and at the export, drift with 95 % intervals, and how much of the data lies outside of what was fitted. Requests without step records are served in closed loop. Exit code 0 where the model holds, 1 where it drifts, or most of the data or the errors lie outside.',
    )
    .argument('<export>', 'folder that `evolve export --go` wrote')
    .argument('<data>', 'dataset folder; `evolve data import` makes one of logs and traces')
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve data import traces/ --out data/may     new logs
  $ evolve check out data/may                     does the export in out/ still hold?
  $ evolve check out data/may --json > may.json   the same as one document
  $ evolve check out data/may > may.txt || echo "fit it anew"`,
    )
    .action(async (dir, data, options) => (await import('./check.ts')).checkCommand(dir, data, options));
}
