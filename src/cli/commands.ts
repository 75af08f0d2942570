import type { Command } from 'commander';
import { packageVersion } from '../base/index.ts';
import { declareData } from './declare-data.ts';
import { declareReview } from './declare-review.ts';
import { declareQueue } from './declare-queue.ts';
import { declareRun } from './declare-run.ts';

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
  declareQueue(program);
}
