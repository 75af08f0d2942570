import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineageOf, readHistory } from '../../src/report/index.ts';
import { createRun, findProgram, frontEntries, readState, type Run } from '../../src/run/index.ts';
import { members, programId, type SearchEvent } from '../../src/search/index.ts';
import { folderForAll } from '../temporary-folder.ts';
import { withoutChecksums } from './old-log.ts';
import { continueToy, toyConfig } from './toy-run.ts';

/** The id that a version with another canonical key would have given. */
function otherId(id: string): string {
  return id.split('').reverse().join('');
}

const root = folderForAll();
let whole: Run;
let renamed: Run;

beforeAll(async () => {
  const config = toyConfig({ generations: 12 });
  whole = createRun(join(root, 'whole'), config);
  await continueToy(whole);
  const log = withoutChecksums(readFileSync(whole.files.events, 'utf8'));
  const ids = log
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const event = JSON.parse(line) as SearchEvent;
      return event.type === 'proposed' && event.id !== null ? [event.id] : [];
    });
  const text = [...new Set(ids)].reduce((sum, id) => sum.replaceAll(`"${id}"`, `"~${otherId(id)}"`), log);
  renamed = createRun(join(root, 'renamed'), config);
  writeFileSync(renamed.files.events, text.replaceAll('"~', '"'));
});

function idsOf(run: Run): readonly string[] {
  return frontEntries(readState(run).state).map(({ id }) => id);
}

describe('a log whose ids come from another version', () => {
  it('is read under its own ids, by every reader', () => {
    const { state } = readState(renamed);
    const expected = idsOf(whole).map(otherId);
    expect(idsOf(renamed)).toEqual(expected);
    for (const { id, program } of members(state.archive)) expect(id).toBe(otherId(programId(program)));
    expect(state.known).toEqual(new Set([...readState(whole).state.known].map(otherId)));

    const history = readHistory(renamed);
    expect([...history.programs.keys()]).toEqual([...readHistory(whole).programs.keys()].map(otherId));
    for (const id of expected) {
      expect(findProgram(renamed, state, id).id).toBe(id);
      expect(lineageOf(history, id).map((step) => step.id)).toEqual(
        lineageOf(readHistory(whole), otherId(id)).map((step) => otherId(step.id)),
      );
    }
  });

  it('is continued under its own ids: nothing that it has is renamed or forgotten', async () => {
    const lines = readFileSync(renamed.files.events, 'utf8').split('\n');
    const commits = lines.flatMap((line, i) => (line.startsWith('{"type":"generation"') ? [i + 1] : []));
    const half = createRun(join(root, 'half'), toyConfig({ generations: 12 }));
    writeFileSync(half.files.events, `${lines.slice(0, commits[7]).join('\n')}\n`);
    const before = readState(half).state;
    await continueToy(half);
    const { state } = readState(half);
    expect([...state.known].slice(0, before.known.size)).toEqual([...before.known]);
    for (const { id, origin, program } of members(state.archive)) {
      expect(id).toBe(origin.generation <= 7 ? otherId(programId(program)) : programId(program));
    }
    expect(readFileSync(half.files.checkpoint, 'utf8')).toContain('"complexity"');
  });
});
