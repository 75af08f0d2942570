/** The process of a search that a worker of a queue makes. Its programs are evaluated in a process of its own. */
import { UserError } from '../base/index.ts';
import { createPool } from '../evaluate/index.ts';
import {
  createBestOnlyOperator,
  createGrammarOperator,
  createRandomOperator,
  initialState,
  readEvents,
  search,
  SEARCH_STATE,
} from '../search/index.ts';
import type { FromSearch, SearchStart } from './search-job.ts';
import { parseSeeds } from './seeds.ts';

let isStopped = false;

function say(message: FromSearch): void {
  process.send?.(message);
}

async function make({ config, table, clients, settings, minutes = Infinity, stored }: SearchStart): Promise<void> {
  const startMs = performance.now();
  const evaluator = await createPool(table, { ...settings, jobs: 1 }, clients);
  try {
    const generations = search(readEvents(SEARCH_STATE, initialState(config.search), stored.flat()), {
      evaluator,
      operators: [createGrammarOperator(), createRandomOperator(), createBestOnlyOperator()],
      features: table.features,
      seeds: parseSeeds(config.seeds),
      objective: config.objective,
      isTimeUp: () => performance.now() - startMs > 60_000 * minutes,
    });
    for await (const { events, state } of generations) {
      say({ kind: 'generation', number: state.generation, events });
      if (isStopped) break;
    }
    say({ kind: 'end' });
  } finally {
    await evaluator.close();
  }
}

process.on('message', (message: SearchStart | 'stop') => {
  if (message === 'stop') {
    isStopped = true;
    return;
  }
  make(message).catch((error: unknown) => {
    if (error instanceof UserError) {
      const { code, place, problem, mend, details } = error;
      say({ kind: 'refused', error: { code, place, problem, mend, details } });
    } else say({ kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal; the worker decides when this one ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
