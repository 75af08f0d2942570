import { UserError } from '../base/index.ts';
import { Cassette, type StoredCall } from '../llm/index.ts';
import { readLog, type Run, runFiles } from '../run/index.ts';
import { type EventReader, ignore, type ProposedEvent } from '../search/index.ts';

/** What a language model wrote, whether or not a program came of it. */
export interface StoredReply {
  /** Name of the call: generation and child, e.g. `12.3`, of a second one that mends programs `12.3.repair`. */
  readonly call: string;
  /** The model that was asked. */
  readonly model: string;
  /** How the reply ended; `failed` and `spent` where none came. */
  readonly outcome: 'complete' | 'cut' | 'refused' | 'failed' | 'spent';
  /** Of the call, those included that failed before. */
  readonly attempts: number;
  /** As the provider counts them, over all attempts. */
  readonly inputTokens: number;
  /** As the provider counts them, over all attempts; thoughts included. */
  readonly outputTokens: number;
  /** What it answered, as it was sent; of a call that failed the reason. */
  readonly text: string;
  /** What it thought before, where that was sent. */
  readonly reasoning?: string;
  /** What is to be known of its end, e.g. which limit cut it. */
  readonly note?: string;
}

const CALL = /^\d+\.\d+(?:\.repair)?$/;

/**
 * The reply that a program of a run was read from, or that of a call.
 *
 * @param which id of a program, or the name of a call, e.g. `12.3`
 * @throws UserError where no model wrote the program, or the reply is not stored
 */
export function readReply(run: Run, which: string): StoredReply {
  const call = CALL.test(which) ? which : callOf(run, which);
  const replay = run.config.llm?.replay;
  const found = new Cassette(replay ?? runFiles(run.directory).cassette).callsOf(call);
  const stored = found[0];
  if (stored === undefined) {
    throw new UserError({
      code: 'app.no-stored-reply',
      place: { file: run.directory },
      problem: `no reply to call ${call} is stored`,
      mend: 'name a call as generation and child, e.g. 12.3, or a program that a model wrote',
    });
  }
  return replyOf(call, stored);
}

function replyOf(call: string, { request, record }: StoredCall): StoredReply {
  const { outcome, attempts, usage, text, reasoning, note } = record;
  return {
    call,
    model: request?.model ?? '',
    outcome,
    attempts,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    text,
    ...(reasoning !== undefined && { reasoning }),
    ...(note !== undefined && { note }),
  };
}

/** The call whose reply held a program first. */
function callOf(run: Run, id: string): string {
  const proposals = readLog(run, proposedAs(id), []);
  const written = proposals.find(({ reply }) => reply !== undefined);
  if (written?.reply !== undefined) return written.reply;
  const [first] = proposals;
  throw new UserError({
    code: 'app.no-reply',
    place: { file: run.directory },
    problem:
      first === undefined
        ? `no program ${id} was proposed`
        : `no stored reply is known to hold ${id}: it came by ${first.operator}, ${first.mutation}`,
    mend: 'name a program that a model wrote; a program that was pruned has it among its parents',
  });
}

function proposedAs(id: string): EventReader<readonly ProposedEvent[]> {
  return {
    called: ignore,
    proposed: (found, event) => (event.id?.startsWith(id) === true ? [...found, event] : found),
    rejected: ignore,
    evaluated: ignore,
    inserted: ignore,
    refitted: ignore,
    'closed-loop': ignore,
    coverage: ignore,
    migrated: ignore,
    frontier: ignore,
    validation: ignore,
    generation: ignore,
  };
}
