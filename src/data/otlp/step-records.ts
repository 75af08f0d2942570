import { UserError } from '../../base/index.ts';
import { STEP_COLUMNS } from '../../physics/index.ts';
import type { RawColumns } from '../steps/raw-columns.ts';
import type { Attributes } from './attributes.ts';
import { BatchStateCollector, type ReadState } from './batch-state.ts';
import { NumberColumn } from './number-column.ts';
import type { SpanFacts } from './trace-reader.ts';
import { STEP_WORDS } from './vocabulary.ts';

const EVENT = 'step.BATCH_SUMMARY';
const STEP_ID = STEP_WORDS.get(STEP_COLUMNS.stepId)!;

/** Raw column that tells engines apart. */
const ENGINE = 'engine';

/** Collects step records and the state of their batches from BATCH_SUMMARY and REQUEST_SNAPSHOT events. */
export class StepRecords {
  readonly #columns: ReadonlyMap<string, NumberColumn> = new Map(
    [...STEP_WORDS.keys()].map((name) => [name, new NumberColumn()]),
  );
  readonly #state: BatchStateCollector = new BatchStateCollector();
  /** What the source says of the engine of each record. */
  readonly #engines: string[] = [];
  /** Each of their texts once. */
  readonly #labels: Map<string, string> = new Map();
  /** Records before the span that is being read, and those of its steps by id. */
  #firstRow = 0;
  readonly #rows: Map<number, number> = new Map();

  get count(): number {
    return this.#engines.length;
  }

  /** @throws UserError where an attribute is missing. */
  summary(attributes: Attributes, file: string, line: number): void {
    const id = attributes.number(STEP_ID);
    if (!this.#rows.has(id)) this.#rows.set(id, this.count);
    for (const [name, word] of STEP_WORDS) {
      if (!attributes.has(word)) {
        throw new UserError({
          code: 'data.missing-attribute',
          place: { file, line },
          problem: `a ${EVENT} event has no number \`${name}\``,
          mend: 'Remove the event or trace again',
        });
      }
      this.#columns.get(name)!.push(attributes.exact(word));
    }
    this.#engines.push(attributes.engine());
  }

  /** One that names no step is of the step before it in the span. */
  snapshot(attributes: Attributes, file: string, line: number): void {
    const mark = attributes.has(STEP_ID) ? attributes.number(STEP_ID) : this.#idOf(this.count - 1);
    this.#state.add(mark, attributes, file, line);
  }

  #idOf(row: number): number {
    return row < this.#firstRow ? -1 : this.#columns.get(STEP_COLUMNS.stepId)!.at(row);
  }

  /** Snapshots are of the steps of their own span: another engine may give its steps the same ids. */
  endSpan({ attributes, resource }: SpanFacts): void {
    this.#state.resolve((mark) => this.#rows.get(mark));
    if (this.count > this.#firstRow) {
      const own = [resource.engine(), attributes.engine()].filter((text) => text !== '').join(',');
      for (let row = this.#firstRow; row < this.count; row++) {
        const label = `${own},${this.#engines[row]}`;
        if (!this.#labels.has(label)) this.#labels.set(label, label);
        this.#engines[row] = this.#labels.get(label)!;
      }
      this.#rows.clear();
    }
    this.#firstRow = this.count;
  }

  /** The columns of BATCH_SUMMARY; where the source tells engines apart, `engine` numbers them as they come. */
  columns(): RawColumns {
    const numbers = new Map([...new Set(this.#engines)].map((engine, at) => [engine, at]));
    const columns = new Map<string, ArrayLike<unknown>>();
    for (const [name, column] of this.#columns) columns.set(name, column.cells());
    if (numbers.size > 1) {
      columns.set(
        ENGINE,
        this.#engines.map((engine) => numbers.get(engine)!),
      );
    }
    return columns;
  }

  state(): ReadState {
    return this.#state.read(this.#columns.get(STEP_COLUMNS.scheduledTokens)!.cells());
  }
}
