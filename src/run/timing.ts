import { z } from 'zod';
import { readJsonIfAny, writeFileAtomically } from '../base/index.ts';

const TIMING = z.object({ seconds: z.number() });

/** Seconds that a run has taken so far, over all the processes that worked on it; 0 where nothing is stored. */
export function readSeconds(path: string): number {
  return readJsonIfAny(path, TIMING)?.seconds ?? 0;
}

/** Stores the seconds that a run has taken. */
export function writeSeconds(path: string, seconds: number): void {
  return writeFileAtomically(path, `${JSON.stringify({ seconds })}\n`);
}
