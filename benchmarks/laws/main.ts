import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { LAWS } from './laws.ts';
import { type LawOutcome, runLaw } from './run-law.ts';

const SEEDS = [1, 2, 3] as const;
const NOISE = [0, 0.01] as const;
const ROWS = 500;
const GENERATIONS = 100;

interface Row extends LawOutcome {
  readonly law: string;
  readonly noise: number;
  readonly seed: number;
}

/**
 * `npm run bench -- laws`: whether a search finds known laws again, exact and with 1 % noise, and whether what it picks holds
 * anything but the law. `--law NAME` runs one of them, `--wild 0.01` spoils a share of the rows, `--target duration` fits the
 * other target, `--generations N`, `--json`.
 */
export async function benchmarkLaws(args: readonly string[]): Promise<void> {
  const value = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const only = value('--law');
  const wild = Number(value('--wild') ?? 0);
  const generations = Number(value('--generations') ?? GENERATIONS);
  const target = value('--target') === 'duration' ? 'duration' : 'cycle';
  const rows: Row[] = [];
  for (const law of LAWS.filter(({ name }) => only === undefined || name === only)) {
    for (const noise of NOISE) {
      for (const seed of SEEDS) {
        const folder = mkdtempSync(join(tmpdir(), 'evolve-law-'));
        try {
          const outcome = await runLaw(law, { rows: ROWS, noise, wild, seed, generations, target, folder });
          rows.push({ law: law.name, noise, seed, ...outcome });
          process.stderr.write(`${law.name} ${noise} ${seed}: ${outcome.isExact ? 'exact' : 'other'}\n`);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
    }
  }
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else process.stdout.write(`${tableOf(rows)}\n`);
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['law', 'noise', 'seed', 'exact', 'smallest', 'ops', 'valid %', 'idle', 'pick'],
    style: { head: [], border: [] },
  });
  for (const { law, noise, seed, isExact, isSmallest, operations, validationError, idle, source } of rows) {
    table.push([
      law,
      noise,
      seed,
      isExact ? 'yes' : '',
      isSmallest ? 'yes' : '',
      operations,
      validationError.toPrecision(3),
      idle.join(' '),
      formulaOf(source),
    ]);
  }
  const exact = rows.filter(({ noise }) => noise === 0);
  const summary = [
    `exact at noise 0: ${exact.filter(({ isExact }) => isExact).length} of ${exact.length} (target 13 of 15)`,
    `picks with a constant within its standard error: ${rows.filter(({ idle }) => idle.length > 0).length} of ${rows.length} (target 0)`,
  ];
  return `${table.toString()}\n${summary.join('\n')}`;
}

/** The function's body on one line. */
function formulaOf(source: string): string {
  const body = source.slice(source.indexOf(') {') + 3, source.lastIndexOf('}'));
  return body.replaceAll(/\s+/g, ' ').trim();
}
