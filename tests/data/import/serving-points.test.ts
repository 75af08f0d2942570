import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  type Dataset,
  describeDataset,
  importDataset,
  loadDataset,
  modelKey,
  saveDataset,
  withReplays,
} from '../../../src/data/index.ts';
import { observedMetrics } from '../../../src/evaluate/observed-metrics.ts';
import { observedPart, predictObserved, rowsNeeded } from '../../../src/evaluate/observed-part.ts';
import { pointSchedule } from '../../../src/data/points/point-schedule.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';

const COLUMNS = [
  'model_path',
  'system',
  'backend',
  'precision',
  'concurrency',
  'batch_size',
  'isl',
  'osl',
  'tp_size',
  'attention_dp_size',
  'moe_tp_size',
  'moe_ep_size',
  'ttft_ms',
  'tpot_ms',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

const DENSE: Row = {
  model_path: 'meta-llama/Llama-3.1-8B-Instruct',
  system: 'h100_sxm',
  backend: 'vllm',
  concurrency: 4,
  isl: 600,
  osl: 100,
  tp_size: 1,
};
const EXPERTS: Row = { ...DENSE, model_path: 'Qwen/Qwen3-30B-A3B', moe_tp_size: 1, moe_ep_size: 1 };
let made = 0;

/** Times that no other row has. */
function point(row: Row): Row {
  made++;
  const { concurrency = 4, attention_dp_size: ranks = 1 } = row;
  const times = { ttft_ms: 60 + made / 16, tpot_ms: 9 + made / 64 };
  return { batch_size: Number(concurrency) / Number(ranks), ...times, ...row };
}

function csv(rows: readonly Row[]): string {
  const path = join(temporaryFolder(), 'serving.csv');
  const lines = rows.map((row) => COLUMNS.map((name) => row[name] ?? '').join(','));
  writeFileSync(path, [COLUMNS.join(','), ...lines].join('\n'));
  return path;
}

async function imported(rows: readonly Row[], notes: string[] = []): Promise<Dataset> {
  return withReplays(await importDataset(csv(rows), { onNote: (line) => notes.push(line) }));
}

describe('a table of serving points', () => {
  it.each<[what: string, row: Row, id: string, key: string]>([
    ['a dense model', DENSE, 'llama-3-1-8b-h100_sxm-vllm-tp1', 'llama-3-1-8b-tp1-H100'],
    [
      'types',
      { ...DENSE, backend: 'trtllm', precision: 'fp8', tp_size: 2 },
      'llama-3-1-8b-h100_sxm-trtllm-tp2-fp8',
      'llama-3-1-8b-tp2-H100-fp8-trtllm',
    ],
    [
      'whole experts on ranks of their own',
      { ...EXPERTS, system: 'b200_sxm', attention_dp_size: 2, tp_size: 2, moe_ep_size: 4 },
      'qwen3-30b-a3b-b200_sxm-vllm-tp2-dp2-ep',
      'qwen3-30b-a3b-tp2-dp2-ep-B200',
    ],
    [
      'a checkpoint that is named for its type',
      { ...DENSE, model_path: 'maker/Llama-3.1-8B-FP8', precision: 'fp8' },
      'llama-3-1-8b-fp8-h100_sxm-vllm-tp1-fp8',
      'llama-3-1-8b-tp1-H100-fp8',
    ],
  ])('has an experiment for each configuration: %s', async (_, row, id, key) => {
    const { experiments } = await imported([point(row), point(row)]);
    expect(experiments.map((experiment) => [experiment.id, modelKey(experiment)])).toEqual([[id, key]]);
    expect(experiments[0]!.settings).toMatchObject({ engine: row.backend });
    expect(experiments[0]!.points!.clients).toEqual(
      Float64Array.of(...Array(2).fill(4 / Number(row.attention_dp_size ?? 1))),
    );
  });

  it.each<[rule: string, row: Row]>([
    ['no-load', { ...DENSE, batch_size: 3 }],
    ['no-load', { ...DENSE, concurrency: '', batch_size: 4 }],
    ['unknown-model', { ...DENSE, model_path: 'maker/Nobody-9B' }],
    ['impossible-deployment', { ...DENSE, tp_size: 3 }],
    ['impossible-deployment', { ...EXPERTS, tp_size: 4, moe_tp_size: 2, moe_ep_size: 1 }],
    ['beyond-a-node', { ...EXPERTS, tp_size: 16, moe_ep_size: 16 }],
    ['beyond-memory', { ...DENSE, concurrency: 4000, batch_size: 4000 }],
    ['queueing', { ...DENSE, ttft_ms: 2000 }],
    ['several-tokens', { ...DENSE, tpot_ms: 2 }],
  ])('leaves out and counts what cannot be used: %s', async (rule, row) => {
    const dataset = await imported([point(DENSE), point(row)]);
    expect(dataset.leftOut).toEqual({ [rule]: 1 });
    expect(dataset.experiments.reduce((sum, { points }) => sum + points!.clients.length, 0)).toBe(1);
    expect(describeDataset(dataset).leftOut).toMatchObject([{ rule, points: 1 }]);
  });

  it('takes a measurement once, whatever its labels say, and by the fewest GPUs', async () => {
    const row = point({ ...DENSE, tp_size: 4 });
    const dataset = await imported([row, { ...row, tp_size: 2 }, { ...row, model_path: 'Qwen/Qwen3-30B-A3B' }]);
    expect(dataset.leftOut).toEqual({ duplicate: 2 });
    expect(dataset.experiments.map(({ id }) => id)).toEqual(['llama-3-1-8b-h100_sxm-vllm-tp2']);
  });

  it('is stored and read as it was', async () => {
    const dataset = await imported([point(DENSE), point(DENSE), point(DENSE), point({ ...DENSE, ttft_ms: 5000 })]);
    const folder = join(temporaryFolder(), 'points');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
  });

  it('is refused where a cell is no number, and where no model is known', async () => {
    const wrong = await laterRefusalOf(() => importDataset(csv([point(DENSE), point({ ...DENSE, tpot_ms: 'fast' })])));
    expect(wrong).toMatchObject({ code: 'data.bad-cells', place: { line: 3 } });
    const unknown = await laterRefusalOf(() =>
      importDataset(csv([point({ ...DENSE, model_path: 'maker/Nobody-9B' })])),
    );
    expect(unknown).toMatchObject({ code: 'physics.unknown-model' });
  });

  it('gives sums of step times that a law of steps explains, each point with an error of its own', async () => {
    const stepUs = 12_000;
    const loads = [1, 2, 4, 8, 16].map((concurrency) => ({ ...DENSE, concurrency }));
    const rows = loads.map((row): Row => {
      const schedule = pointSchedule(
        { clients: row.concurrency, promptTokens: 600, outputTokens: 100, leastShare: 1 },
        8192,
        16,
      );
      const steps = schedule.first.reduce((sum, shape) => sum + shape.steps, 0);
      return point({ ...row, ttft_ms: (steps * stepUs) / 1000, tpot_ms: stepUs / 1000 });
    });
    const table = buildTable(await imported(rows), { target: 'cycle', splits: ['train', 'valid'] });
    const part = observedPart(table, 0, 'train', 0)!;
    expect(part.kinds.map(({ kind, reports }) => [kind, reports?.length])).toEqual([
      ['e2e', 3],
      ['itl', 3],
      ['ttft', 3],
    ]);
    const errors = (us: number): unknown => {
      const p = predictObserved(
        part,
        new Float64Array(table.y.length).fill(us),
        table.steps,
        rowsNeeded(table, 0, 'train'),
      );
      const { mape, requests } = observedMetrics('', part, p, { e2e: 1, itl: 1, ttft: 1 });
      return [mape, requests!.ttftError, requests!.itlError].map((error) => Math.round(1e6 * error) / 1e6);
    };
    expect(errors(stepUs)).toEqual([0, 0, 0]);
    expect(errors(1.5 * stepUs)).toEqual([50, 50, 50]);
  });
});
