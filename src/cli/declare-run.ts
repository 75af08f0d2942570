import { type Command, Option } from 'commander';
import { callTimeout, declareLlmOptions, maxMinutes } from './llm-flags.ts';
import { oneOrMore, positiveNumber, requestWeights, wholeNumber } from './options.ts';
import { SYSTEM_PART_NAMES } from './names.ts';
import { seedRange } from './seed-range.ts';
import { explicitFlags, jobs, json, queue, queueData } from './shared-flags.ts';

const MOST_PORT = 65_535;

/** The commands that search: `run` and `resume`. */
export function declareRun(program: Command): void {
  const command = program
    .command('run')
    .summary('search for better step-time programs')
    .description('Searches for better step-time programs and ends with the Pareto front. Progress goes to stderr.')
    .option('--data <dir>', 'dataset folder made by `evolve data import` (default: the embedded demo data)')
    .addOption(
      new Option('--target <name>', 'what to predict of steps (default: cycle); a table has its own').choices([
        'cycle',
        'duration',
      ]),
    )
    .addOption(
      new Option(
        '--objective <name>',
        'what the error measures (default: replay where some experiment is known by its clients alone, else e2e for cycle, mape for duration, mse for a table)',
      ).choices(['e2e', 'mape', 'replay', 'mse']),
    )
    .addOption(
      new Option(
        '--request-weights <e2e,ttft,itl>',
        'what these weigh where requests were logged rather than steps (default: 1,0.3,1)',
      ).argParser(requestWeights),
    )
    .option('--no-closed-loop', 'do not serve what clients asked for at the end, which takes some seconds')
    .addOption(
      new Option(
        '--floor <on|off>',
        'whether fits and errors go by what the hardware needs at its peak (default: on, unless all rows are alike)',
      ).choices(['on', 'off']),
    )
    .addOption(
      new Option(
        '--scope <name>',
        'which experiments share fitted constants (default: model, or global with --hold-out)',
      ).choices(['global', 'model', 'experiment']),
    )
    .addOption(
      new Option(
        '--hold-out <parts>',
        `errors are of what constants saw nothing of, each held out in turn: one of ${SYSTEM_PART_NAMES.join(', ')}, or several: model,hardware`,
      ).argParser(oneOrMore(SYSTEM_PART_NAMES)),
    )
    .option(
      '--priors <file>',
      'YAML of what constants usually are, by unit or name, or `off` (default: the table of docs/priors.md)',
    )
    .addOption(new Option('--generations <n>', 'generations to run at most').argParser(wholeNumber(1)).default(1000))
    .addOption(
      new Option(
        '--minutes <m>',
        'end with the generation that is going on then, whose front is fitted to convergence as that of a last one; generations may end it before',
      ).argParser(positiveNumber),
    )
    .addOption(new Option('--children <k>', 'programs proposed a generation').argParser(wholeNumber(1)).default(8))
    .addOption(
      new Option(
        '--drafts <n>',
        'programs drawn for each child of the built-in operator; the best by a quick score is fitted',
      )
        .argParser(wholeNumber(1))
        .default(12),
    )
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
    .addOption(queue())
    .addOption(queueData())
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
  $ evolve run --minutes 2                                                      as far as it comes in two minutes
  $ evolve run --data data/stepml --generations 100 --seed 3 --out runs/mine
  $ evolve run --data data/stepml --target duration --scope experiment --json > run.json
  $ evolve run --data data/table --objective mape                               a table; see docs/tables.md
  $ evolve run --data data/points --objective mape --hold-out model             one law that carries over to other models
  $ evolve run --seeds 1..5 --generations 100 --out runs/five                   independent runs, compared at the end
  $ evolve run --seeds 1..20 --queue redis://queue:6379                         on the machines of a queue; see docs/queue.md
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
    .addOption(queue())
    .addOption(queueData())
    .addOption(maxMinutes())
    .addOption(callTimeout())
    .addOption(json())
    .action(async (run, options) => (await import('./resume.ts')).resumeCommand(run, options));
}
