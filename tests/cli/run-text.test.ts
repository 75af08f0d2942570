import { describe, expect, it } from 'vitest';
import { type OpenedRun, type RunDocument, startRun } from '../../src/app/index.ts';
import { runFooter, runHeader } from '../../src/cli/run-text.ts';
import { makeDataset, saveDataset, withReplays } from '../../src/data/index.ts';
import { SERVER, served } from '../evaluate/closed-loop/served.ts';
import { folderForAll } from '../temporary-folder.ts';

const LATENCIES = { ttft: 12.34, itl: 1.5, e2e: 3 };

function footer(saturated: readonly string[] | undefined): string {
  const closedLoop = { error: 1, validationError: 2, rounds: 3, converged: true, saturated, latencies: LATENCIES };
  const document = {
    proposed: 9,
    evaluated: 8,
    rejected: {},
    coverage: 0.5,
    qdScore: 1,
    hypervolume: 1,
    seconds: 1,
    archiveHash: 'hash',
    stopped: 'generations',
    best: { id: 'abcd1234', ...(saturated !== undefined && { closedLoop }) },
    llm: { calls: 0, retries: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, byModel: {} },
    operators: {},
  };
  return runFooter('runs/one', document as unknown as RunDocument);
}

describe('the end of a run', () => {
  it('says how far off what clients measured the pick is in closed loop', () => {
    const line = footer([])
      .split('\n')
      .find((text) => text.startsWith('closed loop'));
    expect(line).toMatch(/abcd1234.*TTFT 12.3 %, ITL 1.50 %, E2E 3.00 %$/);
  });

  it('names experiments that are saturated', () => {
    expect(footer(['burst', 'peak'])).toMatch(/E2E 3.00 %; saturated: burst, peak\n/);
  });

  it('says nothing of clients where none are known', () => {
    expect(footer(undefined)).not.toMatch(/closed loop|saturated/);
  });
});

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
