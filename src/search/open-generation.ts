import {
  type Caps,
  checkCaps,
  type FeatureTable,
  guard,
  printSource,
  type Program,
  simplify,
} from '../program/index.ts';
import type { ProposedEvent, SearchEvent, SearchRejectReason } from './events.ts';
import { fingerprint } from './fingerprint.ts';
import { programId } from './individual.ts';
import type { SearchState } from './search-state.ts';
import { normalise } from './source.ts';
import { applyEvent } from './state.ts';

/** Collects the events of a generation and folds them as they come. */
export class OpenGeneration {
  readonly number: number;
  /** An operator may spend no more. */
  isSpent: boolean = false;
  readonly #events: SearchEvent[] = [];
  #state: SearchState;
  #sequence: number;

  constructor(state: SearchState) {
    this.number = state.generation + 1;
    this.#state = state;
    this.#sequence = state.counts.proposed;
  }

  get state(): SearchState {
    return this.#state;
  }

  get events(): readonly SearchEvent[] {
    return this.#events;
  }

  nextSequence(): number {
    return this.#sequence++;
  }

  emit(event: SearchEvent): void {
    // The fold sees what a reader of the log will see: JSON has no NaN, no infinity and no −0.
    const logged = JSON.parse(JSON.stringify(event)) as SearchEvent;
    this.#events.push(logged);
    this.#state = applyEvent(this.#state, logged);
  }

  /** Why a program is no news: it, or one that predicts the same, was proposed before, in this generation or an earlier one. */
  knownAs(id: string, print: string | undefined): string | undefined {
    const { known, fingerprints, open } = this.#state;
    if (known.has(id) || open.proposed.some((event) => event.id === id)) return `${id} was proposed before`;
    if (print === undefined) return undefined;
    const same = fingerprints.get(print) ?? open.proposed.find((event) => event.fingerprint === print)?.id;
    return same === undefined ? undefined : `${id} predicts the same as ${same} on every probe batch`;
  }
}

/** A proposal that waits for its evaluation. */
export interface Waiting {
  readonly event: ProposedEvent;
  readonly program: Program;
}

/** Where a proposal comes from and whose it is. */
export type Draft = Pick<ProposedEvent, 'operator' | 'mutation' | 'parents' | 'child' | 'island' | 'model'>;

/** A proposal that no evaluation is spent on. */
interface Failure {
  readonly source: string;
  readonly reason: SearchRejectReason;
  /** One line for people. */
  readonly detail: string;
}

/** Logs a proposal that came to nothing. */
export function proposeFailure(open: OpenGeneration, draft: Draft, { source, reason, detail }: Failure): void {
  const sequence = open.nextSequence();
  open.emit({ type: 'proposed', sequence, generation: open.number, ...draft, id: null, source });
  open.emit({ type: 'rejected', sequence, reason, detail });
}

/** Guarded against counts of 0, which language models and mutations forget, as far as the caps have room for it. */
function guarded(proposed: Program, features: FeatureTable, caps: Caps): Program {
  const safe = guard(simplify(proposed), features);
  return checkCaps(safe, caps).length === 0 ? safe : proposed;
}

/** Logs a program, guarded; answers undefined, and logs the rejection, where the run knows it already. */
export function propose(
  open: OpenGeneration,
  draft: Draft,
  proposed: Program,
  features: FeatureTable,
): Waiting | undefined {
  const [violation] = checkCaps(proposed, open.state.settings.caps);
  if (violation !== undefined) {
    proposeFailure(open, draft, { source: printSource(proposed), reason: 'caps', detail: violation.message });
    return undefined;
  }
  const { source, program } = normalise(guarded(proposed, features, open.state.settings.caps));
  const id = programId(program);
  const print = fingerprint(program, features);
  const known = open.knownAs(id, print);
  const event: ProposedEvent = {
    type: 'proposed',
    sequence: open.nextSequence(),
    generation: open.number,
    ...draft,
    id,
    source,
    ...(print !== undefined && { fingerprint: print }),
  };
  open.emit(event);
  if (known === undefined) return { event, program };
  open.emit({ type: 'rejected', sequence: event.sequence, reason: 'duplicate', detail: known });
  return undefined;
}
