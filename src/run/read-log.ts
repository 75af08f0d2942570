import { existsSync } from 'node:fs';
import { UserError } from '../base/index.ts';
import { EventWalk, type EventReader, isEventType, type SearchEvent } from '../search/index.ts';
import { ChecksumChain, unseal } from './checksum.ts';
import type { LogPosition } from './event-log.ts';
import { type Line, readLines } from './read-lines.ts';
import type { Run } from './run-directory.ts';

/** A committed generation of a log whose bytes are those that were written. */
export interface LoggedGeneration extends LogPosition {
  /** Its lines, from the first one, numbered from 1, to the `generation` event. */
  readonly lines: readonly Line[];
}

/** How a line that commits a generation begins, however it was written, and how it reads as it is written here. */
const COMMIT = /^\s*\{\s*"type"\s*:\s*"generation"/;
const COMMIT_CONTENT = /^\{"type":"generation","generation":\d+,"stopped":(?:null|"[a-z]+")(?:,"drafts":\d+)?$/;
const COMMIT_HEAD_BYTES = 64;

const RESTORE = 'restore the file from a copy, or start a new run with the same configuration';

function damaged(file: string, line: number, problem: string, mend: string = RESTORE): UserError {
  return new UserError({ code: 'run.damaged-log', place: { file, line }, problem, mend });
}

function parseLine({ bytes }: Line): SearchEvent | undefined {
  try {
    const event = JSON.parse(bytes.toString('utf8')) as SearchEvent;
    return typeof event === 'object' && event !== null && isEventType(event.type) ? event : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(line: Line, path: string): SearchEvent {
  const event = parseLine(line);
  if (event === undefined) throw damaged(path, line.number, 'not an event');
  return event;
}

function refuseChanged(lines: readonly Line[], { files }: Run, isFirstSealed: boolean): never {
  // A line that is broken says more than a sum that does not fit.
  for (const line of lines) eventOf(line, files.events);
  const first = isFirstSealed ? 1 : (lines[0]?.number ?? 1);
  const last = lines.at(-1)?.number ?? first;
  if (isFirstSealed) {
    throw new UserError({
      code: 'run.changed',
      place: { file: files.events, line: last },
      problem: `the checksum does not fit lines ${first} to ${last} and ${files.config}: one of the two files was changed, or is of another run`,
      mend: 'restore both files from the same copy of the run, or start a new run',
    });
  }
  throw damaged(
    files.events,
    last,
    `the checksum does not fit lines ${first} to ${last}: they were changed after they were written`,
    `restore the file from a copy; or keep its first ${first - 1} lines, remove ${files.checkpoint} and continue the run, which makes the rest again`,
  );
}

/**
 * The committed generations of a run's log, one at a time. What follows the last `generation` event is the trace of an
 * interrupted process and is left out. Each checksum is compared with the bytes before it and with the configuration. A log
 * of a version that wrote none is taken as it is; once it is continued, its first checksum covers all of it.
 *
 * @throws UserError where something was changed after it was written, with the line.
 */
export function* readGenerations(run: Run): Generator<LoggedGeneration> {
  const path = run.files.events;
  if (!existsSync(path)) return;
  const chain = new ChecksumChain(run.configChecksum);
  let lines: Line[] = [];
  let isSealed = false;
  for (const line of readLines(path)) {
    lines.push(line);
    if (!COMMIT.test(line.bytes.toString('latin1', 0, COMMIT_HEAD_BYTES))) {
      chain.add(line.bytes);
      chain.add('\n');
      continue;
    }
    const { content, checksum } = unseal(line.bytes);
    if (!COMMIT_CONTENT.test(content.toString('latin1'))) {
      throw damaged(path, line.number, 'not the end of a generation as it is written');
    }
    chain.add(content);
    const expected = chain.close();
    if (checksum === undefined && isSealed) {
      throw damaged(path, line.number, 'has no checksum, but generations before it have one');
    }
    if (checksum !== undefined && checksum !== expected) refuseChanged(lines, run, !isSealed);
    isSealed ||= checksum !== undefined;
    yield { bytes: line.end, checksum: expected, lines };
    lines = [];
  }
}

/** Lets a walk go on over a generation. @throws UserError where a line is no event or does not follow from those before. */
export function readInto<S>(walk: EventWalk<S>, { lines }: LoggedGeneration, path: string): void {
  for (const line of lines) {
    const event = eventOf(line, path);
    try {
      walk.read(event);
    } catch (error) {
      throw new UserError({
        code: 'run.broken-log',
        place: { file: path, line: line.number },
        problem: `the event does not follow from those before it (${(error as Error).message})`,
        mend: RESTORE,
      });
    }
  }
}

/** The events of a run by generation, as far as they are committed. @throws UserError where the log is damaged, with the line. */
export function* loggedGenerations(run: Run): Generator<readonly SearchEvent[]> {
  for (const { lines } of readGenerations(run)) yield lines.map((line) => eventOf(line, run.files.events));
}

/**
 * What a reader makes of all that is committed of a run. The run may be going on meanwhile.
 *
 * @throws UserError where the log is damaged, with the line.
 */
export function readLog<S>(run: Run, reader: EventReader<S>, start: S): S {
  const walk = new EventWalk(reader, start);
  for (const generation of readGenerations(run)) readInto(walk, generation, run.files.events);
  return walk.state;
}
