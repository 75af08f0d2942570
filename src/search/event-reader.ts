import type { Accepted } from '../evaluate/index.ts';
import { type CheckedProgram, loggedProgram } from './checked-program.ts';
import type { ProposedEvent, RejectedEvent, SearchEvent } from './events.ts';
import { createIndividual, type Individual, originOf } from './individual.ts';

/** A proposal of the generation that is being read, with what has become of it so far. */
export interface OpenProposal {
  readonly event: ProposedEvent;
  readonly evaluation: Accepted | undefined;
  readonly rejection: RejectedEvent | undefined;
  /** The evaluated program, under the id that its event has. @throws Error where it was not evaluated or is none. */
  readonly individual: Individual;
}

/** What is known of the generation that is being read; the same for every reader. */
export interface ReadContext {
  /** In the order in which they came. */
  readonly proposals: Iterable<OpenProposal>;
  /** The one that an event of this sequence number speaks of. @throws Error where there is none in this generation. */
  proposal(sequence: number): OpenProposal;
}

/**
 * What a reader makes of a log: for each type of event the state after it. Exhaustive, so that a new type of event does not
 * compile until every reader says what it does with it. A reader may change a state in place that nobody else has.
 */
export type EventReader<S> = {
  readonly [T in SearchEvent['type']]: (
    state: S,
    event: Extract<SearchEvent, { readonly type: T }>,
    context: ReadContext,
  ) => S;
};

/** For events that tell a reader nothing. */
export function ignore<S>(state: S): S {
  return state;
}

class Proposed implements OpenProposal {
  readonly event: ProposedEvent;
  evaluation: Accepted | undefined;
  rejection: RejectedEvent | undefined;
  readonly #checked: CheckedProgram | undefined;
  #individual: Individual | undefined;

  constructor(event: ProposedEvent, checked: CheckedProgram | undefined) {
    this.event = event;
    this.#checked = checked ?? (event.id === null ? undefined : loggedProgram(event.id, event.source));
  }

  get individual(): Individual {
    if (this.evaluation === undefined || this.#checked === undefined) {
      throw new Error(`no evaluated proposal ${this.event.sequence}`);
    }
    return (this.#individual ??= createIndividual(originOf(this.event), this.#checked, this.evaluation));
  }
}

class OpenGenerationContext implements ReadContext {
  readonly #proposals = new Map<number, Proposed>();

  get proposals(): Iterable<OpenProposal> {
    return this.#proposals.values();
  }

  proposal(sequence: number): Proposed {
    const found = this.#proposals.get(sequence);
    if (found === undefined) throw new Error(`no open proposal ${sequence}`);
    return found;
  }

  add(event: ProposedEvent, checked: CheckedProgram | undefined): void {
    if (this.#proposals.has(event.sequence)) throw new Error(`proposal ${event.sequence} comes twice`);
    this.#proposals.set(event.sequence, new Proposed(event, checked));
  }

  close(): void {
    this.#proposals.clear();
  }
}

/**
 * The one walk over the events of a search. It knows which proposals are open and what became of them, and hands that to the
 * reader with each event, so that no reader searches them again. A search walks over its own events as it makes them; who
 * reads a log walks over them again and comes to the same state.
 */
export class EventWalk<S> {
  readonly #reader: EventReader<S>;
  readonly #context = new OpenGenerationContext();
  #state: S;

  /** @param state before the first event; the walk starts between two generations. */
  constructor(reader: EventReader<S>, state: S) {
    this.#reader = reader;
    this.#state = state;
  }

  get state(): S {
    return this.#state;
  }

  get context(): ReadContext {
    return this.#context;
  }

  /**
   * Reads one more event.
   *
   * @param checked the program of a `proposed` event, where it is at hand; else it is read from the event when it is needed.
   * @throws Error where the event does not follow from those before it.
   */
  read(event: SearchEvent, checked?: CheckedProgram): S {
    const context = this.#context;
    if (event.type === 'proposed') context.add(event, checked);
    if (event.type === 'evaluated') context.proposal(event.sequence).evaluation = event.evaluation;
    if (event.type === 'rejected') context.proposal(event.sequence).rejection = event;
    const handle = this.#reader[event.type] as (state: S, event: SearchEvent, context: ReadContext) => S;
    this.#state = handle(this.#state, event, context);
    if (event.type === 'generation') context.close();
    return this.#state;
  }
}

/** The state of a reader after the events of whole generations. */
export function readEvents<S>(reader: EventReader<S>, state: S, events: Iterable<SearchEvent>): S {
  const walk = new EventWalk(reader, state);
  for (const event of events) walk.read(event);
  return walk.state;
}
