import { rmSync } from 'node:fs';
import { EventWalk, initialState, SEARCH_STATE, type SearchState } from '../search/index.ts';
import { readCheckpoint, refuseForeign } from './checkpoint.ts';
import type { LogPosition } from './event-log.ts';
import { readGenerations, readInto } from './read-log.ts';
import type { Run } from './run-directory.ts';

/** A run's state on disk and where the committed part of its log ends. */
export interface StoredState {
  readonly state: SearchState;
  readonly log: LogPosition;
}

/**
 * A run's state: what its log comes to. Where there is a checkpoint, the part of the log that it covers is compared with its
 * checksums but not read event by event. Reads only; a run may be going on meanwhile.
 *
 * @throws UserError where the log is damaged, or the configuration or the checkpoint is of another log.
 */
export function readState(run: Run): StoredState {
  const { config, files } = run;
  const checkpoint = readCheckpoint(files, config.search);
  const covered = checkpoint?.log.bytes ?? 0;
  const walk = new EventWalk(SEARCH_STATE, checkpoint?.state ?? initialState(config.search));
  let log: LogPosition = { bytes: 0, checksum: run.configChecksum };
  let line = 0;
  const checkPlace = (): void => {
    if (checkpoint !== undefined && log.checksum !== checkpoint.log.checksum) refuseForeign(files, line);
  };
  for (const generation of readGenerations(run)) {
    // The first generation that the checkpoint does not cover must begin where it ends.
    if (generation.bytes > covered && log.bytes <= covered) checkPlace();
    if (generation.bytes > covered) readInto(walk, generation, files.events);
    log = { bytes: generation.bytes, checksum: generation.checksum };
    line = generation.lines.at(-1)?.number ?? line;
  }
  if (log.bytes <= covered) checkPlace();
  return { state: walk.state, log };
}

/** Removes the directory of a run in which nothing is committed, so that a failed start leaves nothing behind. */
export function discardUncommitted(run: Run): void {
  if (readState(run).state.generation < 0) rmSync(run.directory, { recursive: true });
}
