import { type DataOptions, describeData, importData, importTable, type TableOptions } from '../app/index.ts';
import type { Dataset } from '../data/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

type StepFlags = Omit<DataOptions, 'folder' | 'onNote'>;
type TableFlags = Omit<TableOptions, 'folder' | 'onNote' | 'shares'>;

interface ImportFlags extends StepFlags, TableFlags {
  readonly out: string;
  readonly json: boolean;
  readonly target?: string;
}

/** Flags of tables alone. */
const TABLE_FLAGS: { readonly [F in keyof TableFlags]-?: string } = {
  features: '--features',
  units: '--units',
  weights: '--weights',
  group: '--group',
  description: '--description',
  split: '--split',
  seed: '--seed',
};

/** `evolve data import SRC… --out DIR`. */
export async function dataImportCommand(sources: readonly string[], flags: ImportFlags): Promise<void> {
  const dataset = await imported(sources, flags);
  const description = describeData(dataset);
  if (flags.json) printJson(description);
  else print(describeText(dataset.source, description));
  note(`written to ${flags.out}`);
}

function imported(sources: readonly string[], { out, json: _json, target, ...flags }: ImportFlags): Promise<Dataset> {
  const given = Object.keys(flags);
  const common = { folder: out, onNote: note };
  if (target === undefined) {
    const idle = given.find((name): name is keyof TableFlags => name in TABLE_FLAGS);
    if (idle !== undefined) {
      throw new UsageError(
        `${TABLE_FLAGS[idle]} says something of a table, and no target is named`,
        'Name the column to predict: evolve data import table.csv --target y --out DIR',
      );
    }
    return importData(sources, { ...flags, ...common });
  }
  const idle = given.find((name) => !(name in TABLE_FLAGS));
  if (idle !== undefined) {
    throw new UsageError(
      `--${idle.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} says something of steps, and with --target the source is a table`,
      'Leave out one of them',
    );
  }
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) {
    throw new UsageError(`--target makes a dataset of one table, not of ${sources.length}`, 'Name one file');
  }
  return importTable(source, target, { ...flags, ...common });
}
