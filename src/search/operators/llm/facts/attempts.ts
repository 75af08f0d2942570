import { groupBy } from '../../../../base/index.ts';
import type { Attempt } from '../../operator.ts';

/** Proposals that came to nothing for one reason. */
export interface ToldAttempt {
  /** Why, with how many there were. */
  readonly why: string;
  /** Text of the last of them. */
  readonly source: string;
}

/** A place in a text, which says nothing of another text. */
const PLACE = /^\d+:\d+ /;
const LONGEST_TEXT = 400;

/** Failures for a prompt, oldest first: of those that failed alike, wherever in their text, the last one stands with their number. */
export function toldOnce(attempts: readonly Attempt[]): readonly ToldAttempt[] {
  const groups = groupBy(attempts, ({ reason, detail }) => `${reason}: ${detail.replace(PLACE, '')}`);
  return [...groups].map(([why, alike]) => ({
    source: shortened((alike.at(-1)?.source ?? '').trim()),
    why: alike.length > 1 ? `${why} (${alike.length} times)` : why,
  }));
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
