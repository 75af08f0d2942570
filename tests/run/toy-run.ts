import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { printSource } from '../../src/program/index.ts';
import {
  archiveHash,
  continueRun,
  type ContinuedRun,
  type ContinueOptions,
  openRun,
  readState,
  type Run,
  RUN_FORMAT,
  type RunConfig,
} from '../../src/run/index.ts';
import type { SearchSettings } from '../../src/search/index.ts';
import { TOY_SEEDS } from '../search/toy-evaluator.ts';
import { toyDependencies, toySettings } from '../search/toy-search.ts';

export function toyConfig(changes: Partial<SearchSettings> = {}): RunConfig {
  return {
    format: RUN_FORMAT,
    data: { source: 'toy', hash: '0' },
    target: 'cycle',
    objective: 'mape',
    scope: 'global',
    operator: 'grammar',
    timeoutSeconds: 30,
    effort: { memoryMb: 64, screenLimit: 3, sampleRows: 1600, jitteredStarts: 2, searchEvaluations: 60 },
    search: toySettings(changes),
    seeds: TOY_SEEDS.map(({ name, program }) => ({ name, source: printSource(program) })),
  };
}

export function continueToy(run: Run, options?: ContinueOptions): Promise<ContinuedRun> {
  return continueRun(run, toyDependencies(), options);
}

export function bytes(path: string): string {
  return readFileSync(path, 'utf8');
}

export function hashOf(run: Run): string {
  return archiveHash(readState(run).state);
}

/** A copy of a run, in a folder beside it. */
export function copyOf(run: Run): Run {
  const directory = mkdtempSync(`${run.directory}-copy-`);
  cpSync(run.directory, directory, { recursive: true });
  return openRun(directory);
}
