import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import type { EvaluateSettings, Work, WorkOutcome } from '../evaluate/index.ts';
import { printSource, type Program, readSource } from '../program/index.ts';
import type { BytesName } from './bytes-store.ts';
import { hashOf } from './bytes-folder.ts';

/** What child processes of a worker start with. */
export interface PieceSetting {
  readonly table: BytesName;
  readonly clients?: BytesName;
  readonly settings: EvaluateSettings;
}

/** A program as its text, or as its graph where no text gives just that one. */
type WrittenProgram = string | Program;

/** A piece of work as a job carries it. */
type WrittenWork =
  | { readonly kind: 'evaluate'; readonly program: WrittenProgram; readonly candidate: object }
  | { readonly kind: 'close-loop'; readonly program: WrittenProgram; readonly fits: readonly object[] }
  | Exclude<Work, { kind: 'evaluate' | 'close-loop' }>;

/** A job for one piece of work. */
export interface PieceJob {
  readonly setting: PieceSetting;
  readonly work: WrittenWork;
}

/** Data as bytes with their name. Typed arrays keep their bits. */
export function packed(data: unknown): { readonly name: BytesName; readonly content: Buffer } {
  const content = serialize(data);
  return { name: { hash: hashOf(content), bytes: content.length }, content };
}

function writeProgram(program: Program): WrittenProgram {
  try {
    const text = printSource(program);
    if (isDeepStrictEqual(readSource(text), program)) return text;
  } catch {
    // A graph that is broken has no text.
  }
  return program;
}

function readProgram(written: WrittenProgram): Program {
  return typeof written === 'string' ? readSource(written) : written;
}

/** A piece of work for a job. Drafts stay graphs: most are looked at once and forgotten. */
export function writeWork(work: Work): WrittenWork {
  if (work.kind === 'evaluate') {
    const { program, ...candidate } = work.candidate;
    return { kind: 'evaluate', program: writeProgram(program), candidate };
  }
  if (work.kind !== 'close-loop') return work;
  return { kind: 'close-loop', program: writeProgram(work.fitted.program), fits: work.fitted.fits };
}

/** The piece of work of a job. */
export function readWork(written: WrittenWork): Work {
  if (written.kind === 'evaluate') {
    return { kind: 'evaluate', candidate: { ...written.candidate, program: readProgram(written.program) } as never };
  }
  if (written.kind !== 'close-loop') return written;
  return { kind: 'close-loop', fitted: { program: readProgram(written.program), fits: written.fits } as never };
}

/** An outcome for a job's answer. */
export function writeOutcome(outcome: WorkOutcome): unknown {
  if (outcome.kind !== 'draft-scores') return outcome;
  // JSON has nothing that is not there.
  return { kind: 'draft-scores', scores: outcome.scores.map((score) => score ?? null) };
}

/** The outcome of a job's answer. */
export function readOutcome(written: unknown): WorkOutcome {
  const outcome = written as WorkOutcome;
  if (outcome.kind !== 'draft-scores') return outcome;
  return { kind: 'draft-scores', scores: outcome.scores.map((score) => score ?? undefined) };
}
