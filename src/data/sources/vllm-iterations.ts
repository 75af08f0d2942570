import { basename } from 'node:path';
import { UserError } from '../../base/index.ts';
import { STEP_COLUMNS } from '../../physics/index.ts';
import { READ_COLUMNS } from '../steps/column-names.ts';
import { readLines } from '../files/lines.ts';
import type { RunRecords, SourceFormat } from './source.ts';
import { ServerLog } from './vllm-server-log.ts';

const LINE =
  /Iteration\((\d+)\): (\d+) context requests, (\d+) context tokens, (\d+) generation requests, (\d+) generation tokens, iteration elapsed time: ([\d.]+) ms(.*)$/;
/** `(EngineCore_DP1 pid=7)` of the engine's own process, `Engine 001:` of the front end's. */
const ENGINE = /\bEngineCore_DP(\d+)\b|\bEngine (\d{3}):/;
const USAGE = /GPU KV cache usage: ([\d.]+)%/;

/** One batch as a line says it. */
interface Iteration {
  readonly line: number;
  readonly engine: number;
  readonly index: number;
  readonly prefillRequests: number;
  readonly prefillTokens: number;
  readonly decodeRequests: number;
  readonly decodeTokens: number;
  readonly elapsedMs: number;
  /** Share of the KV cache in use; undefined where the version does not say it. */
  readonly usage: number | undefined;
}

/**
 * The log of a vLLM server with a line for each batch (`enable_logging_iteration_details`): requests and tokens of either phase,
 * since 0.29 the share of the KV cache in use too, and how long the engine waited for the batch. The line stands behind any
 * prefix, that of the logger, of a container or of a service. The server's arguments, its KV cache and its version are read where
 * the log has them. A count that starts anew is a restart: another engine.
 *
 * Source: vllm-project/vllm, `log_iteration_details` in `vllm/v1/engine/core.py`; `vllm/v1/metrics/loggers.py` since 0.29.
 */
export const vllmIterations: SourceFormat = {
  name: 'vllm-iterations',
  meaning: "a vLLM server's log with its iteration details",
  recognises: ({ text }) =>
    /Iteration\(\d+\): \d+ context requests, /.test(text) || /enable_logging_iteration_details\W{1,4}True/.test(text),
  extensions: ['.log'],
  read: async (path) => [await readLog(path)],
};

async function readLog(path: string): Promise<RunRecords> {
  const server = new ServerLog();
  const iterations: Iteration[] = [];
  const engines = new Engines();
  let dummies = 0;
  let empty = 0;
  let unreadable = 0;
  for await (const { text, number } of readLines(path)) {
    const found = text.includes('Iteration(') ? LINE.exec(text) : null;
    if (found === null) {
      if (/Iteration\(\d/.test(text)) unreadable++;
      server.read(text);
      continue;
    }
    const [index, prefillRequests, prefillTokens, decodeRequests, decodeTokens, elapsedMs] = found
      .slice(1, 7)
      .map(Number) as [number, number, number, number, number, number];
    const engine = engines.of(ENGINE.exec(text)?.slice(1).join('') ?? '', index);
    const rest = found[7]!;
    if (rest.includes('(dummy)')) dummies++;
    else if (prefillRequests + decodeRequests === 0) empty++;
    else {
      const usage = USAGE.exec(rest)?.[1];
      iterations.push({
        line: number,
        engine,
        index,
        prefillRequests,
        prefillTokens,
        decodeRequests,
        decodeTokens,
        elapsedMs,
        usage: usage === undefined ? undefined : Number(usage) / 100,
      });
    }
  }
  if (iterations.length === 0) {
    throw new UserError({
      code: 'data.no-iterations',
      place: { file: path },
      problem: 'no line in it says what a batch held and how long it took',
      mend: 'Start the server with `enable_logging_iteration_details`',
    });
  }
  const { kvCacheTokens, facts } = server;
  return {
    ...facts,
    place: path,
    steps: {
      file: path,
      columns: columnsOf(iterations, kvCacheTokens, facts.settings.kvBlocks),
      locate: (row, column) => ({ file: path, line: iterations[row]!.line, at: `column \`${column}\`` }),
    },
    notes: [
      spanOf(facts.settings.asyncScheduling),
      ...(unreadable > 0 ? [`${unreadable} lines of iterations are left out: they are cut off or damaged`] : []),
      ...(dummies > 0 ? [`${dummies} dummy iterations of data-parallel ranks are left out`] : []),
      ...(empty > 0 ? [`${empty} iterations without requests are left out`] : []),
      ...(engines.restarts > 0
        ? [`the count of ${basename(path)} starts anew ${engines.restarts} times: a restart`]
        : []),
    ],
  };
}

/** What the emitter measures. */
function spanOf(asyncScheduling: boolean | undefined): string {
  const span =
    'iteration elapsed time is how long the engine waited for the result of a batch after it was handed over';
  const partial =
    'what overlaps with the scheduling of other batches is not in it, so that it can be far below the step time';
  if (asyncScheduling === false) return `durations: ${span}`;
  return asyncScheduling === true
    ? `durations: ${span}; asynchronous scheduling was on: ${partial}`
    : `durations: ${span}; with asynchronous scheduling or pipeline stages ${partial}`;
}

function columnsOf(
  iterations: readonly Iteration[],
  kvCacheTokens: number | undefined,
  kvBlocks: number | undefined,
): ReadonlyMap<string, readonly number[]> {
  const column = (of: (iteration: Iteration) => number): number[] => iterations.map(of);
  const hasUsage = iterations.every(({ usage }) => usage !== undefined);
  return new Map([
    [STEP_COLUMNS.stepId, column(({ index }) => index)],
    [STEP_COLUMNS.durationUs, column(({ elapsedMs }) => 1000 * elapsedMs)],
    [STEP_COLUMNS.prefillRequests, column(({ prefillRequests }) => prefillRequests)],
    [STEP_COLUMNS.prefillTokens, column(({ prefillTokens }) => prefillTokens)],
    [STEP_COLUMNS.decodeRequests, column(({ decodeRequests }) => decodeRequests)],
    [STEP_COLUMNS.decodeTokens, column(({ decodeTokens }) => decodeTokens)],
    ...(hasUsage ? [[STEP_COLUMNS.kvUsageRatio, column(({ usage }) => usage!)] as const] : []),
    ...(hasUsage && kvBlocks !== undefined ? [[STEP_COLUMNS.kvBlocksTotal, column(() => kvBlocks)] as const] : []),
    ...(hasUsage && kvBlocks === undefined && kvCacheTokens !== undefined
      ? [[READ_COLUMNS.kvTokens, column(({ usage }) => usage! * kvCacheTokens)] as const]
      : []),
    ...(iterations.some(({ engine }) => engine > 0) ? [['engine', column(({ engine }) => engine)] as const] : []),
  ]);
}

/** Numbers of the engines of a log, in the order in which they appear; a count that does not go on is that of another. */
class Engines {
  readonly #last = new Map<string, { readonly engine: number; readonly index: number }>();
  #count = 0;
  restarts = 0;

  of(rank: string, index: number): number {
    const before = this.#last.get(rank);
    const goesOn = before !== undefined && index > before.index;
    if (before !== undefined && !goesOn) this.restarts++;
    const engine = goesOn ? before.engine : this.#count++;
    this.#last.set(rank, { engine, index });
    return engine;
  }
}
