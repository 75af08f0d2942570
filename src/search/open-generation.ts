import type { GroupStarts } from '../evaluate/index.ts';
import { type FeatureTable, printSource, type Program } from '../program/index.ts';
import { type CheckedProgram, checkProgram } from './checked-program.ts';
import { EventWalk, type ReadContext } from './event-reader.ts';
import type { ProposedEvent, SearchEvent, SearchRejectReason } from './events.ts';
import { fingerprint } from './fingerprint.ts';
import type { SearchState } from './search-state.ts';
import { SEARCH_STATE } from './state-reader.ts';

/** Collects the events of a generation and reads them as they come. */
export class OpenGeneration {
  readonly number: number;
  /** An operator may spend no more. */
  isSpent: boolean = false;
  /** Drafts that were scored. */
  drafts: number = 0;
  readonly #events: SearchEvent[] = [];
  readonly #walk: EventWalk<SearchState>;
  #sequence: number;

  constructor(state: SearchState) {
    this.number = state.generation + 1;
    this.#walk = new EventWalk(SEARCH_STATE, state);
    this.#sequence = state.counts.proposed;
  }

  get state(): SearchState {
    return this.#walk.state;
  }

  get context(): ReadContext {
    return this.#walk.context;
  }

  get events(): readonly SearchEvent[] {
    return this.#events;
  }

  nextSequence(): number {
    return this.#sequence++;
  }

  /** @param checked the program of a `proposed` event. */
  emit(event: SearchEvent, checked?: CheckedProgram): void {
    // The state sees what a reader of the log will see: JSON has no NaN, no infinity and no −0.
    const logged = JSON.parse(JSON.stringify(event)) as SearchEvent;
    this.#events.push(logged);
    this.#walk.read(logged, checked);
  }

  /** Why a program is no news: it, or one that predicts the same, was proposed before, in this generation or an earlier one. */
  knownAs(id: string, print: string | undefined): string | undefined {
    const { known, fingerprints } = this.state;
    const open = [...this.context.proposals].map(({ event }) => event);
    if (known.has(id) || open.some((event) => event.id === id)) return `${id} was proposed before`;
    if (print === undefined) return undefined;
    const same = fingerprints.get(print) ?? open.find((event) => event.fingerprint === print)?.id;
    return same === undefined ? undefined : `${id} predicts the same as ${same} on every probe batch`;
  }
}

/** A proposal that waits for its evaluation. */
export interface Waiting {
  readonly event: ProposedEvent;
  readonly checked: CheckedProgram;
  /** Where its constants start in each group, where that is known. */
  readonly starts?: readonly GroupStarts[];
}

/** Where a proposal comes from and whose it is. */
export type Attribution = Pick<
  ProposedEvent,
  'operator' | 'mutation' | 'parents' | 'child' | 'island' | 'model' | 'reply'
>;

/** A proposal that no evaluation is spent on. */
interface Failure {
  readonly source: string;
  readonly reason: SearchRejectReason;
  /** One line for people. */
  readonly detail: string;
}

/** Logs a proposal that came to nothing. */
export function proposeFailure(
  open: OpenGeneration,
  attribution: Attribution,
  { source, reason, detail }: Failure,
): void {
  const sequence = open.nextSequence();
  open.emit({ type: 'proposed', sequence, generation: open.number, ...attribution, id: null, source });
  open.emit({ type: 'rejected', sequence, reason, detail });
}

/**
 * Logs a program as somebody made it, once it is checked; answers undefined, and logs the rejection, where it comes to nothing.
 */
export function propose(
  open: OpenGeneration,
  attribution: Attribution,
  proposed: Program,
  features: FeatureTable,
): Waiting | undefined {
  const result = checkProgram(proposed, { features, caps: open.state.settings.caps });
  if (result.ok) return proposeChecked(open, attribution, result.checked, features);
  const detail = result.diagnostics[0]?.message ?? '';
  proposeFailure(open, attribution, { source: printSource(proposed), reason: 'caps', detail });
  return undefined;
}

/** Logs a program; answers undefined, and logs the rejection, where the run knows it already. */
export function proposeChecked(
  open: OpenGeneration,
  attribution: Attribution,
  checked: CheckedProgram,
  features: FeatureTable,
): Waiting | undefined {
  const print = fingerprint(checked.program, features);
  const known = open.knownAs(checked.id, print);
  const event: ProposedEvent = {
    type: 'proposed',
    sequence: open.nextSequence(),
    generation: open.number,
    ...attribution,
    id: checked.id,
    source: checked.source,
    ...(print !== undefined && { fingerprint: print }),
  };
  open.emit(event, checked);
  if (known === undefined) return { event, checked };
  open.emit({ type: 'rejected', sequence: event.sequence, reason: 'duplicate', detail: known });
  return undefined;
}
