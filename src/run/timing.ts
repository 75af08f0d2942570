import { readFileSync } from 'node:fs';
import { writeFileAtomically } from '../base/index.ts';

/** Seconds that a run has taken so far, over all the processes that worked on it; 0 where nothing is stored. */
export const readSeconds = (path: string): number => {
  try {
    const { seconds } = JSON.parse(readFileSync(path, 'utf8')) as { readonly seconds: unknown };
    return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : 0;
  } catch {
    return 0;
  }
};

/** Stores the seconds that a run has taken. */
export const writeSeconds = (path: string, seconds: number): void =>
  writeFileAtomically(path, `${JSON.stringify({ seconds })}\n`);
