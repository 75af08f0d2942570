import type { NestedProgress } from '../app/index.ts';
import { bestIndividual } from '../search/index.ts';
import { formatPercent, formatSeconds } from '../report/index.ts';

const PLAIN_INTERVAL = 10;

/** Progress of the searches without a part: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
export class NestedProgressLine {
  readonly #stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  readonly #now: () => number;
  #start: { readonly ms: number; readonly done: number } | undefined;

  constructor(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  show(progress: NestedProgress): void {
    const { state } = progress;
    const line = this.#line(progress);
    const isLast = state.stopped !== null;
    if (this.#stream.isTTY) this.#stream.write(`\r\u001b[K${line}${isLast ? '\n' : ''}`);
    else if (isLast || state.generation % PLAIN_INTERVAL === 0) this.#stream.write(`${line}\n`);
  }

  #line({ fold, folds, heldOut, state }: NestedProgress): string {
    const now = folds.reduce((sum, { stored }) => sum + stored, 0);
    const left = folds.reduce((sum, { generations }) => sum + generations, 0) - now;
    this.#start ??= { ms: this.#now(), done: now };
    const seconds = (this.#now() - this.#start.ms) / 1000;
    const since = now - this.#start.done;
    const best = bestIndividual(state)?.criteria.error ?? Number.NaN;
    return [
      `without ${heldOut} (${fold + 1} of ${folds.length})`,
      `generation ${Math.max(0, state.generation)}/${folds[fold]!.generations}`,
      `best ${formatPercent(best)} %`,
      ...(since > 0 && left > 0 ? [`ETA ${formatSeconds((seconds / since) * left)}`] : []),
    ].join('  ');
  }
}
