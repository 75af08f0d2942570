import {
  archiveFigures,
  bestIndividual,
  type EventReader,
  ignore,
  readEvents,
  type SearchEvent,
  type SearchState,
} from '../search/index.ts';
import type { CallNotice } from '../llm/index.ts';
import { formatPercent, formatSeconds } from '../report/index.ts';
import { LiveCalls, noticeLine } from './live-calls.ts';

const PLAIN_INTERVAL = 10;
/** How often a line is written anew while models are waited for, ms: on a terminal, and elsewhere. */
const TICK_MS = 1000;
const PLAIN_TICK_MS = 30_000;

/** Progress of a search on stderr: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #generations: number;
  /** After which the search ends, infinite where generations alone decide. */
  readonly #seconds: number;
  readonly #startMs: number = performance.now();
  readonly #live: LiveCalls = new LiveCalls(() => performance.now());
  #startGeneration = 0;
  #startProposed = 0;
  #state: SearchState | undefined;
  #ticking: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, generations: number, minutes: number = Number.POSITIVE_INFINITY) {
    this.#stream = stream;
    this.#generations = generations;
    this.#seconds = 60 * minutes;
  }

  /** Rates count from here, so that a resumed run does not count what was done before. */
  start(state: SearchState): void {
    this.#startGeneration = state.generation;
    this.#startProposed = state.counts.proposed;
    this.#state = state;
  }

  /** What happens to the calls of the generation that goes on. */
  call(notice: CallNotice): void {
    this.#live.hear(notice);
    const line = noticeLine(notice);
    if (line !== undefined) this.#say(line);
    if (!this.#live.isWaiting) this.end();
    else this.#ticking ??= setInterval(() => this.#tick(), this.#stream.isTTY ? TICK_MS : PLAIN_TICK_MS).unref();
  }

  /** Stops the clock of what is waited for. */
  end(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  generation(state: SearchState, events: readonly SearchEvent[]): void {
    const isLast = state.stopped !== null;
    this.#state = state;
    this.#live.stored();
    this.end();
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${this.#line(state)}`);
      if (isLast) this.#stream.write('\n');
    } else if (isLast || state.generation % (asksModels(state) ? 1 : PLAIN_INTERVAL) === 0) {
      this.#stream.write(`${this.#line(state)}\n`);
    }
    for (const text of readEvents(REPORTS, [], events)) this.#say(text);
  }

  #say(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? '\r\u001b[K' : ''}${text}\n`);
  }

  #tick(): void {
    if (this.#state === undefined) return;
    const line = this.#line(this.#state);
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }

  #line(state: SearchState): string {
    const seconds = (performance.now() - this.#startMs) / 1000;
    // Calls that are answered are a part of a generation: while models are waited for, the rest takes longer, not less long.
    const done = state.generation - this.#startGeneration + this.#live.share;
    const left = this.#generations - state.generation - this.#live.share;
    const rate = (state.counts.proposed - this.#startProposed) / Math.max(seconds, 1e-3);
    const best = bestIndividual(state)?.criteria.error ?? Number.NaN;
    const { coverage } = archiveFigures(state.archive);
    return [
      `generation ${state.generation}/${this.#generations}`,
      `best ${formatPercent(best)} %`,
      `coverage ${formatPercent(100 * coverage)} %`,
      `${rate.toFixed(1)} programs/s`,
      ...(asksModels(state) || this.#live.calls > 0 ? [callsText(state, this.#live)] : []),
      ...(this.#live.isWaiting ? [this.#live.text()] : []),
      done > 0 && left > 0
        ? `ETA ${formatSeconds(Math.max(0, Math.min((seconds / done) * left, this.#seconds - seconds)))}`
        : formatSeconds(seconds),
    ].join('  ');
  }
}

function callsText({ spending }: SearchState, live: LiveCalls): string {
  const calls = spending.calls + live.calls;
  const retries = spending.retries + live.retries;
  return [
    `${calls} calls`,
    ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ...(spending.unpricedCalls > 0 ? [] : [`$${spending.costUsd.toFixed(4)}`]),
  ].join(', ');
}

/** A model takes seconds to answer, so that every generation is worth a line. */
function asksModels({ spending }: SearchState): boolean {
  return spending.calls > 0;
}

/** What is worth a line of its own. */
const REPORTS: EventReader<readonly string[]> = {
  called: (lines, { model, outcome, detail }) =>
    outcome === 'cut'
      ? [...lines, `${model}: a reply was ${detail || 'cut'}; --max-output-tokens sets the limit`]
      : lines,
  proposed: ignore,
  rejected: ignore,
  evaluated: ignore,
  inserted: ignore,
  refitted: (lines, { programs, failed }) => [
    ...lines,
    `the front was fitted to convergence, which lowered the error of ${programs.length}`,
    ...failed.map(({ id, reason, detail }) => `  ${id} keeps its earlier fit: ${reason}, ${detail}`),
  ],
  'closed-loop': (lines, { programs, failed = [] }) => [
    ...lines,
    'fitted in closed loop, errors of TTFT, ITL and E2E on validation requests:',
    ...programs.map(({ id, closedLoop: { validationError, rounds, converged, saturated } }) => {
      const end = converged ? '' : ', not settled';
      const full = saturated.length === 0 ? '' : `; saturated: ${saturated.join(', ')}`;
      const replays = rounds === 1 ? '1 replay' : `${rounds} replays`;
      return `  ${id}  ${formatPercent(validationError)} % after ${replays}${end}${full}`;
    }),
    ...failed.map(({ id, reason, detail }) => `  ${id} is left out: ${reason}, ${detail}`),
  ],
  coverage: ignore,
  migrated: ignore,
  frontier: (lines, { generation, front }) => [
    ...lines,
    `frontier at generation ${generation}:`,
    ...front.map(({ id, operations, features, error }) => {
      const size = `${operations} operations, ${features} feature${features === 1 ? '' : 's'}`;
      return `  ${id}  ${size.padEnd(28)} ${formatPercent(error)} %`;
    }),
  ],
  validation: (lines, { generation, program, error, validationError, gap }) => [
    ...lines,
    `validation at generation ${generation}: ${program} has ${formatPercent(error)} % on training rows, ` +
      `${formatPercent(validationError)} % on validation rows; generalisation gap ${gap >= 0 ? '+' : ''}${gap.toFixed(2)} points`,
  ],
  generation: ignore,
};
