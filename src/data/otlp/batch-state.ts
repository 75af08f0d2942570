import { UserError } from '../../base/index.ts';
import { type BatchState, STATE_COLUMN_NAMES, type StateColumn } from '../../physics/index.ts';
import type { BatchStateOf } from '../sources/source.ts';
import type { Attributes } from './attributes.ts';
import { IntColumn } from './int-column.ts';
import { wordNumber } from './vocabulary.ts';

/** The attribute of a snapshot for each column, in their order. */
const ATTRIBUTES = {
  computedTokens: 'request.num_computed_tokens',
  newTokens: 'request.scheduled_tokens_this_step',
  promptTokens: 'request.num_prompt_tokens',
  outputTokens: 'request.num_output_tokens',
  preemptions: 'request.num_preemptions',
} as const;
const COLUMN_WORDS = STATE_COLUMN_NAMES.map((name) => wordNumber(ATTRIBUTES[name]));
const PREEMPTIONS = STATE_COLUMN_NAMES.indexOf('preemptions');

const LARGEST = 2 ** 31 - 1;

/** What came of the snapshots of a trace. */
export interface ReadState {
  /** Undefined where no step has any. */
  readonly state?: BatchStateOf;
  readonly notes: readonly string[];
}

/** Collects the state of requests from REQUEST_SNAPSHOT events, packed: a trace has millions. */
export class BatchStateCollector {
  /** Row of the step records of snapshots one after another, −1 where they are of none; and how many there are. */
  readonly #runRows: IntColumn = new IntColumn();
  readonly #runLengths: IntColumn = new IntColumn();
  readonly #columns: readonly IntColumn[] = STATE_COLUMN_NAMES.map(() => new IntColumn());
  /** Of the snapshots whose rows are not known yet. */
  readonly #marks: number[] = [];

  /**
   * An event with none of the counts says nothing, and is passed over.
   *
   * @param mark see {@link resolve}.
   * @throws UserError where a count is missing or no count.
   */
  add(mark: number, attributes: Attributes, file: string, line: number): void {
    if (!attributes.has(COLUMN_WORDS[0] as number) && !COLUMN_WORDS.some((word) => attributes.has(word))) return;
    this.#marks.push(mark);
    for (let i = 0; i < COLUMN_WORDS.length; i++) {
      const word = COLUMN_WORDS[i] as number;
      const value = attributes.number(word);
      if (value >= 0 && value <= LARGEST && Number.isInteger(value)) (this.#columns[i] as IntColumn).push(value);
      else if (i === PREEMPTIONS && !attributes.has(word)) (this.#columns[i] as IntColumn).push(0);
      else throw wrongSnapshot(ATTRIBUTES[STATE_COLUMN_NAMES[i] as StateColumn], attributes.has(word), file, line);
    }
  }

  /** Says of which row the snapshots since the last call are, given how each was marked. */
  resolve(rowOf: (mark: number) => number | undefined): void {
    const marks = this.#marks;
    for (let start = 0, end = 1; start < marks.length; start = end++) {
      while (end < marks.length && marks[end] === marks[start]) end++;
      this.#runRows.push(rowOf(marks[start]!) ?? -1);
      this.#runLengths.push(end - start);
    }
    marks.length = 0;
  }

  /**
   * A step counts where the snapshots of its batch are all there: their new tokens add up to those that the step scheduled.
   * Tracers keep some events of a span and drop the rest without a word (128 by default, OpenTelemetry specification,
   * `EventCountLimit`), and requests that run without being scheduled are in no batch.
   *
   * @param scheduled tokens of each step record.
   */
  read(scheduled: ArrayLike<number | bigint>): ReadState {
    const [computed, fresh, prompt, output] = this.#columns as readonly [IntColumn, IntColumn, IntColumn, IntColumn];
    const rows = scheduled.length;
    const sums = new Float64Array(rows);
    const entries = new Int32Array(rows);
    let orphans = 0;
    let before = 0;
    let after = 0;
    this.#eachRun((row, from, to) => {
      if (row < 0) orphans += to - from;
      for (let i = row < 0 ? to : from; i < to; i++) {
        if (fresh.at(i) === 0) continue;
        sums[row]! += fresh.at(i);
        entries[row]!++;
        if (output.at(i) === 0) continue;
        // The last token generated has no KV yet when the next step computes it.
        const known = prompt.at(i) + output.at(i);
        if (computed.at(i) + fresh.at(i) === known) before++;
        else if (computed.at(i) === known) after++;
      }
    });
    const partial = entries.reduce((n, count, row) => {
      if (count === 0 || sums[row] === Number(scheduled[row])) return n;
      entries[row] = 0;
      return n + 1;
    }, 0);
    const known = entries.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
    let empty = 0;
    for (let row = 0; row < rows; row++) if (Number(scheduled[row]) === 0) empty++;
    const isAdvanced = after > before;
    const notes = [
      orphans > 0 && `${orphans} request snapshots belong to no step record: left out`,
      partial > 0 && `the request snapshots of ${partial} steps are not those of their whole batch: left out`,
      known > 0 &&
        known + empty < rows &&
        `exact state of the batch in ${known} of ${rows} steps: contexts need that of all`,
      known > 0 &&
        isAdvanced &&
        "request snapshots count the step's own tokens as computed before: subtracted from them",
    ].filter((note) => note !== false);
    return { ...(known > 0 && { state: (records) => this.#state(records, entries, isAdvanced) }), notes };
  }

  #eachRun(visit: (row: number, from: number, to: number) => void): void {
    for (let run = 0, from = 0; run < this.#runRows.length; run++) {
      const to = from + this.#runLengths.at(run);
      visit(this.#runRows.at(run), from, to);
      from = to;
    }
  }

  /**
   * Puts the columns in order, and lets go of each one that is: together they would be half as large again.
   *
   * @param entries of each row; 0 where they do not count.
   */
  #state(records: ArrayLike<number>, entries: Int32Array, isAdvanced: boolean): BatchState {
    const offsets = new Float64Array(records.length + 1);
    /** Where the entries of a row begin; negative for rows that are left out. */
    const starts = new Int32Array(entries.length).fill(-1);
    for (let at = 0; at < records.length; at++) {
      const row = records[at]!;
      if (entries[row]! > 0) starts[row] = offsets[at]!;
      offsets[at + 1] = offsets[at]! + entries[row]!;
    }
    const fresh = this.#columns[STATE_COLUMN_NAMES.indexOf('newTokens')]!;
    const ordered = (column: IntColumn, less?: IntColumn): Int32Array => {
      const values = new Int32Array(offsets[records.length]!);
      const next = starts.slice();
      this.#eachRun((row, from, to) => {
        if (row < 0 || next[row]! < 0) return;
        for (let i = from; i < to; i++) {
          if (fresh.at(i) > 0) values[next[row]!++] = column.at(i) - (less?.at(i) ?? 0);
        }
      });
      // New tokens say which entries count, up to the last column.
      if (column !== fresh) column.clear();
      return values;
    };
    const columns = STATE_COLUMN_NAMES.map((name, c) => {
      const less = isAdvanced && name === 'computedTokens' ? fresh : undefined;
      return [name, ordered(this.#columns[c]!, less)] as const;
    });
    return Object.freeze({ ...Object.fromEntries(columns), offsets }) as BatchState;
  }
}

function wrongSnapshot(attribute: string, isThere: boolean, file: string, line: number): UserError {
  return new UserError({
    code: isThere ? 'data.wrong-cell' : 'data.missing-attribute',
    place: { file, line },
    problem: isThere
      ? `\`${attribute}\` of a step.REQUEST_SNAPSHOT event is no count`
      : `a step.REQUEST_SNAPSHOT event has no number \`${attribute}\``,
    mend: 'Remove the event or trace again',
  });
}
