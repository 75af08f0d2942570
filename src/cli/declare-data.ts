import { type Command, Option } from 'commander';
import { FORMAT_NAMES } from './names.ts';
import { lag, names, positiveNumber, share, wholeNumber } from './options.ts';
import { json } from './shared-flags.ts';

/** The commands below `data`. */
export function declareData(program: Command): void {
  const data = program.command('data').description('Import, describe and make datasets.');

  data
    .command('import')
    .description(
      'Makes one dataset folder of step records and request logs, whose formats are told from their content; or, with --target, of a table.',
    )
    .argument('<src...>', 'ground-truth folder trees, files of a known format, folders of such files, datasets')
    .requiredOption('--out <dir>', 'dataset folder to write')
    .option('--target <column>', 'the source is a table of plain rows: predict this column of it from the others')
    .addOption(
      new Option(
        '--features <columns>',
        'with --target: columns to predict from, by commas (default: all of numbers)',
      ).argParser(names),
    )
    .option('--units <file>', 'with --target: YAML with the unit of each column, like `speed: m/s`')
    .option('--weights <column>', 'with --target: column that says what each row counts, 0 or more')
    .option('--group <column>', 'with --target: rows of equal cells are a group, with constants of its own')
    .option('--description <text>', 'with --target: what the table is of, for prompts and reports')
    .addOption(
      new Option('--split <order>', 'with --target: which rows train, validate and test (default: shuffled)').choices([
        'shuffled',
        'temporal',
      ]),
    )
    .addOption(new Option('--seed <n>', 'with --target: of the shuffled order (default: 0)').argParser(wholeNumber(0)))
    .option('--format <name>', 'format of the files, in place of what their content shows')
    .option(
      '--map <columns>',
      'columns of tables with other names or units: a YAML file, or like `step.id=iter, duration_us=1000*latency_ms`',
    )
    .option('--server <file>', 'YAML file that says what the server was started with, and its hardware')
    .option('--model <name>', 'the model, where a source does not say it')
    .option('--model-config <path>', 'Hugging Face config.json of a model that is not built in, or a folder of them')
    .option('--workload <name>', 'the workload, where a source does not say it')
    .addOption(new Option('--tp <n>', 'tensor parallelism, where a source does not say it').argParser(wholeNumber(1)))
    .option('--hardware <name>', 'accelerator, where a source does not say it (step records: H100 by default)')
    .option(
      '--hardware-config <file>',
      'peak figures of an accelerator that is not built in (docs/models.md has a template)',
    )
    .option('--strict-model', 'refuse a model with parts that are not modelled, in place of naming them')
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
  $ evolve data import bench.json --model-config config.json --hardware-config b100.json --tp 8 --out data/mine
  $ evolve data import serving.csv --model-config configs/ --out data/points        measured serving points
  $ evolve data import table.csv --target y --out data/table              any table; see docs/tables.md
  $ evolve data import table.csv --target y --features x1,x2 --units units.yaml --group site --out data/table
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
