import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  type Experiment,
  knowsRequests,
  loadDataset,
  makeDataset,
  saveDataset,
  servingContext,
  withReductionColumns,
  withReplays,
} from '../../../src/data/index.ts';
import { engineOf } from '../../../src/data/replay/engine-of.ts';
import { reconstruct } from '../../../src/data/replay/reconstruct.ts';
import type { Replay } from '../../../src/data/replay/replay.ts';
import { serveWindows, timelineOfWindows } from '../../../src/data/replay/serve-windows.ts';
import { parseProgram } from '../../../src/program/index.ts';
import { law, SERVER, served } from '../../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { experiment as stepped, SKEWED } from '../request-state-sample.ts';

const logged = served(SERVER);
const replayed = withReplays(makeDataset('made up', [logged]));
const { replay } = replayed.experiments[0]!;

type Rows = Pick<Replay, 'steps' | 'requests' | 'counts'>;

/** Rows whose requests are not as many as the row counts, or do not add up to its tokens. */
function wrongRows({ steps, requests, counts }: Rows): readonly number[] {
  const { offsets, newTokens } = requests!;
  expect(offsets).toHaveLength(counts.length + 1);
  return Array.from(counts.keys()).filter((row) => {
    const own = newTokens.subarray(offsets[row], offsets[row + 1]);
    const tokens = Array.from(own).reduce((sum, value) => sum + value, 0);
    return own.length !== steps.runningDepth[row] || tokens !== steps.scheduledTokens[row];
  });
}

describe('the requests of a replay', () => {
  it('are those of each of its rows', () => {
    expect(replay!.counts.length).toBeGreaterThan(100);
    expect(wrongRows(replay!)).toEqual([]);
  });

  it('are kept in narrow columns, contexts of several steps as means', () => {
    const { context, newTokens, promptTokens } = replay!.requests!;
    expect([context, newTokens, promptTokens].map(({ constructor }) => constructor)).toEqual([
      Float64Array,
      Uint16Array,
      Uint16Array,
    ]);
    expect(context.some((tokens) => !Number.isInteger(tokens))).toBe(true);
    expect(context.every((tokens) => Number.isInteger(2 * tokens))).toBe(true);
  });

  it('are those of the rank that takes longest, where ranks go in lock-step', () => {
    const moe: Experiment = {
      ...SERVER,
      model: 'mixtral-8x7b-v0-1',
      architecture: 'mixtral-8x7b-v0-1',
      settings: { ...SERVER.settings, dataParallel: 2, expertParallel: true },
    };
    const experiment = served(moe);
    const own = reconstruct(experiment, servingContext(makeDataset('made up', [experiment]), experiment), true)!;
    expect(wrongRows(own)).toEqual([]);
  });

  it('are those of the rows that windows keep, window after window', () => {
    const { arrivalUs, promptTokens, outputTokens } = logged.requests!;
    const requests = { arrivalUs, promptTokens, outputTokens };
    const windows = [
      { served: [0, 40], observed: [10, 30] },
      { served: [50, 90], observed: [60, 80] },
    ] as const;
    const { settings } = engineOf(SERVER, servingContext(replayed, logged));
    const all = serveWindows(requests, windows, settings, law, true);
    const timeline = timelineOfWindows(100, windows, all, settings);
    expect(timeline.counts.length).toBeLessThan(all[0]!.rows.rank.length + all[1]!.rows.rank.length);
    expect(wrongRows(timeline)).toEqual([]);
    const plain = timelineOfWindows(100, windows, serveWindows(requests, windows, settings, law), settings);
    expect(plain).toEqual({ ...timeline, requests: undefined });
  });

  it('are stored with the dataset, and part of its hash', async () => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(replayed, folder);
    expect(await loadDataset(folder)).toEqual(replayed);
    const { requests: _, ...without } = replay!;
    const plain = makeDataset('made up', [{ ...logged, replay: without }]);
    expect(plain.hash).not.toBe(replayed.hash);
    saveDataset(plain, folder);
    expect(await loadDataset(folder)).toEqual(plain);
  });
});

describe('reductions over a replay', () => {
  const parsed = parseProgram(
    `export const constants = {};
     export function predictStepTime(batch, c) { return batch.sum((r) => r.newTokens) + batch.max((r) => r.context); }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  const { graph } = parsed.program;

  it('stand beside those over recorded batches', () => {
    const data = withReplays(makeDataset('made up', [{ ...stepped(SKEWED), settings: SERVER.settings! }, logged]));
    expect(knowsRequests(data)).toBe(true);
    const table = buildTable(data, { target: 'cycle', splits: ['train', 'valid'] });
    expect(table.requests!.offsets).toHaveLength(table.y.length + 1);
    const { features, columns } = withReductionColumns(table, graph);
    const column = (name: string): Float64Array => columns[features.findIndex((feature) => feature.name === name)]!;
    expect(features.slice(-2).map(({ name }) => name)).toEqual(['sum((r) => r.newTokens)', 'max((r) => r.context)']);
    const [prefill, decode] = [column('prefillTokens'), column('decodeTokens')];
    expect(columns.at(-2)).toEqual(prefill.map((tokens, row) => tokens + decode[row]!));
  });

  it('are not there where steps were recorded without their requests', () => {
    const { state: _, ...plain } = stepped(SKEWED);
    const data = withReplays(makeDataset('made up', [plain, logged]));
    expect(data.experiments.map((experiment) => experiment.replay?.requests)).toEqual([undefined, undefined]);
    // Not even if the replay was made when it stood alone.
    const merged = makeDataset('made up', [plain, ...replayed.experiments]);
    expect(knowsRequests(merged)).toBe(false);
    expect(buildTable(merged, { target: 'cycle', splits: ['train'] }).features.requests).toBeUndefined();
  });
});
