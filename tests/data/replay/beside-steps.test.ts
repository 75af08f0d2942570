import { describe, expect, it } from 'vitest';
import { buildTable, clientLoad, type Experiment, makeDataset, withReplays } from '../../../src/data/index.ts';
import { replayWindows } from '../../../src/data/replay/windows.ts';
import { requestColumns } from '../../../src/data/requests.ts';
import { range } from '../sample.ts';
import { served, SERVER } from '../../evaluate/closed-loop/served.ts';

/** A log of an engine, and the steps of its replay as if they had been recorded; each is of one step. */
const logged = served(SERVER);
const { replay } = withReplays(makeDataset('made up', [logged])).experiments[0]!;
const { steps } = replay!;
const stepped: Experiment = { ...logged, steps: { ...steps, stepId: steps.stepId.map((_, at) => at) } };
const both = withReplays(makeDataset('made up', [stepped]));

describe('an experiment with steps and a request log', () => {
  it('has two entries of one id, each at half the weight', () => {
    const table = buildTable(both, { target: 'cycle', splits: ['train', 'valid'] });
    expect(table.experiments.map(({ id, weight, observations }) => [id, weight, observations !== undefined])).toEqual([
      ['run-1', 0.5, false],
      ['run-1', 0.5, true],
    ]);
    const [ofSteps, ofClients] = table.experiments;
    expect(ofClients!.rows.train[0]).toBe(ofSteps!.rows.test[1]);
    expect(Math.min(...table.observations!.start)).toBe(ofClients!.rows.train[0]);
  });

  it('has one where the target says nothing of clients', () => {
    const table = buildTable(both, { target: 'duration', splits: ['train'] });
    expect(table.experiments.map(({ weight }) => weight)).toEqual([1]);
    expect(table.observations).toBeUndefined();
  });

  it('is replayed with the step times that were recorded', () => {
    // The law of the served log: 12 ms, 40 µs a decode token and 9 µs a prompt token. The cycles are those of the replay.
    const { durationUs, decodeTokens, prefillTokens } = both.experiments[0]!.replay!.steps;
    const errors = durationUs.map((us, row) =>
      Math.abs(us / (12_000 + 40 * decodeTokens[row]! + 9 * prefillTokens[row]!) - 1),
    );
    expect(errors.sort()[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
  });
});

describe('windows of a log', () => {
  const log = requestColumns(
    range(0, 2000).map((r) => ({
      arrivalUs: 1e5 * r,
      firstTokenUs: 1e5 * r + 2e5,
      lastTokenUs: 1e5 * r + 1e6,
      promptTokens: 10,
      outputTokens: 5,
      outcome: 'ok' as const,
    })),
  );
  const load = clientLoad({ requests: log, blockSize: 16 })!;

  it('are the whole of it where it alone tells of the engine', () => {
    expect(replayWindows(load, false, 0)).toEqual([{ served: [0, 2000], observed: [0, 2000] }]);
  });

  it('lie in each split of a long one beside step records, with what runs before and after', () => {
    const windows = replayWindows(load, true, 0);
    const splits = Object.values(load.splits);
    expect(
      windows.map(({ observed: [start, end] }) => splits.findIndex(([from, to]) => start >= from && end <= to)),
    ).toEqual([0, 0, 0, 1, 2]);
    for (const { observed, served: all } of windows) {
      expect(observed[1] - observed[0]).toBe(40);
      // One and a half times the second that a request takes, at ten requests a second.
      expect([observed[0] - all[0], all[1] - observed[1]]).toEqual([15, 14]);
    }
  });

  it('are one where the log is short', () => {
    const short = clientLoad({
      requests: requestColumns(
        [...range(0, 150)].map((r) => ({
          arrivalUs: r,
          lastTokenUs: r + 9,
          promptTokens: 1,
          outputTokens: 1,
          outcome: 'ok' as const,
        })),
      ),
      blockSize: 16,
    })!;
    expect(replayWindows(short, true, 0)).toHaveLength(1);
  });
});
