import { describe, expect, it } from 'vitest';
import { type OpenedRun, startRun } from '../../src/app/index.ts';
import { runHeader } from '../../src/cli/run-text.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { folderForAll } from '../temporary-folder.ts';

/** The header of a run on one experiment, with its log and, where wished, the steps of its replay as if they were recorded. */
async function headerOf(isRecorded: boolean): Promise<{ readonly opened: OpenedRun; readonly header: string }> {
  const runs = folderForAll();
  const logged = served(SERVER);
  const { steps } = withReplays(makeDataset('made up', [logged])).experiments[0]!.replay!;
  const stepped = { ...logged, steps: { ...steps, stepId: steps.stepId.map((_, at) => at) } };
  const data = `${runs}/data`;
  saveDataset(withReplays(makeDataset('made up', [isRecorded ? stepped : logged])), data);
  let opened: OpenedRun | undefined;
  const follow = (run: OpenedRun): never => {
    opened = run;
    throw new Error('seen enough');
  };
  await expect(startRun({ data, runs, jobs: 1, follow })).rejects.toThrow('seen enough');
  return { opened: opened!, header: runHeader(opened!) };
}

describe('the header of a run', { timeout: 60_000 }, () => {
  it('does not call the batches of a replay recorded', async () => {
    const { opened, header } = await headerOf(false);
    expect(opened.replayedRows).toBe(opened.rows);
    expect(header).toContain(`1 experiment, ${opened.rows} rows of replayed batches\n`);
  });

  it('counts recorded rows apart from those of replays', async () => {
    const {
      opened: { rows, replayedRows },
      header,
    } = await headerOf(true);
    expect(replayedRows).toBeGreaterThan(0);
    expect(replayedRows).toBeLessThan(rows);
    expect(header).toContain(`${rows - replayedRows} recorded training and validation rows, ${replayedRows} rows of`);
  });
});
