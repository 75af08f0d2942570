import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset } from '../../../../src/data/index.ts';
import { architecture, readHuggingFaceConfig, STEP_COLUMNS } from '../../../../src/physics/index.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { COLUMN_NAMES, sampleRecord, sampleSteps } from '../../sample.ts';

const RUN = '20260101-120000-llama-2-70b-hf-tp4-general';
const SUMMARY = {
  successes: {
    count: 100,
    latency: {
      request_latency: { mean: 5.32 },
      time_to_first_token: { mean: 0.1 },
      inter_token_latency: { mean: 0.01 },
    },
    prompt_len: { mean: 575 },
    output_len: { mean: 246 },
  },
  failures: { count: 2 },
};

/** One OTLP line with a BATCH_SUMMARY event for each id, between events of other kinds. */
function otlpLine(ids: readonly number[]): string {
  const events = ids.flatMap((id) => [
    { timeUnixNano: '1', name: 'step.REQUEST_SNAPSHOT', attributes: [{ key: 'step.id', value: { intValue: '99' } }] },
    {
      timeUnixNano: '1',
      name: 'step.BATCH_SUMMARY',
      attributes: COLUMN_NAMES.map((name) => ({
        key: STEP_COLUMNS[name],
        value:
          name === 'kvUsageRatio'
            ? { doubleValue: sampleRecord(id)[name] }
            : { intValue: id % 2 === 0 ? String(sampleRecord(id)[name]) : sampleRecord(id)[name] },
      })),
    },
  ]);
  return JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ scope: { name: 'vllm.scheduler.step' }, spans: [{ name: 's', events }] }] }],
  });
}

interface Tree {
  readonly root: string;
  readonly run: string;
  readonly traces: string;
  readonly summary: string;
  readonly config: string;
}

function groundTruth(): Tree {
  const root = temporaryFolder();
  const run = join(root, RUN);
  const tree = {
    root,
    run,
    traces: join(run, 'traces.json'),
    summary: join(run, 'results', 'summary_lifecycle_metrics.json'),
    config: join(run, 'exp-config.yaml'),
  };
  mkdirSync(join(run, 'results'), { recursive: true });
  const journey = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: [{ events: [{ name: 'journey.QUEUED' }] }] }] }],
  });
  writeFileSync(tree.traces, [otlpLine([8, 2]), journey, '', otlpLine([3]), ''].join('\n'));
  writeFileSync(tree.summary, JSON.stringify(SUMMARY));
  writeFileSync(tree.config, 'model: meta-llama/Llama-2-70b-hf\ntensor_parallelism: 4\nmax_num_seqs: 128\n');
  return tree;
}

describe('importing a ground-truth tree', () => {
  it('streams traces and keeps what the client measured', async () => {
    const { root } = groundTruth();
    const { experiments } = await importDataset(root);
    expect(experiments).toHaveLength(1);
    expect(experiments[0]).toMatchObject({
      id: RUN,
      model: 'llama-2-70b-hf',
      architecture: 'llama-2-70b',
      workload: 'general',
      tp: 4,
    });
    expect(experiments[0]!.measured).toEqual({
      e2eMs: 5320,
      ttftMs: 100,
      itlMs: 10,
      completed: 100,
      failed: 2,
      meanPromptTokens: 575,
      meanOutputTokens: 246,
    });
    expect(experiments[0]!.steps).toEqual(sampleSteps([2, 3, 8]));
  });

  it('keeps what the server was started with: its log overrules the configuration', async () => {
    const { root, run, config } = groundTruth();
    expect((await importDataset(root)).experiments[0]!.settings).toEqual({ maxNumSeqs: 128 });
    appendFileSync(config, 'max_num_batched_tokens: 2048\nmax_model_len: 4096\nblock_size: 32\n');
    writeFileSync(
      join(run, 'vllm.log'),
      [
        "(APIServer pid=1) INFO 01-01 12:00:00 [utils.py:1] non-default args: {'model_tag': 'x', 'max_num_seqs': 64, 'seed': None}",
        "(EngineCore pid=2) INFO 01-01 12:00:01 [core.py:9] Initializing a V1 LLM engine (v0.15.1) with config: model='x', max_seq_len=2048, tensor_parallel_size=4, pipeline_parallel_size=1, enable_prefix_caching=True, chunked_prefill_enabled=False",
        '(EngineCore pid=2) INFO 01-01 12:00:02 [vllm.py:2] Asynchronous scheduling is enabled.',
        '(EngineCore pid=2) INFO 01-01 12:00:09 [kv_cache_utils.py:3] GPU KV cache size: 501,696 tokens',
        '',
      ].join('\n'),
    );
    expect((await importDataset(root)).experiments[0]).toMatchObject({
      blockSize: 32,
      settings: {
        engine: 'vllm',
        engineVersion: '0.15.1',
        maxNumSeqs: 64,
        maxNumBatchedTokens: 2048,
        maxModelLen: 2048,
        kvBlocks: 15_678,
        prefixCaching: true,
        chunkedPrefill: false,
        asyncScheduling: true,
        pipelineParallel: 1,
      },
    });
  });

  it('takes one experiment folder as it is', async () => {
    const { run } = groundTruth();
    expect((await importDataset(run)).experiments.map(({ id }) => id)).toEqual([RUN]);
  });

  it('lists a folder without step records as summary-only', async () => {
    const { root, traces } = groundTruth();
    rmSync(traces);
    const [experiment] = (await importDataset(root)).experiments;
    expect(experiment).not.toHaveProperty('steps');
    expect(experiment!.measured?.e2eMs).toBe(5320);
  });

  it.each([
    [{ model: 'nonsense' }, /the model does not apply: the source says this itself/],
    [{ tp: 7 }, /the tensor parallelism does not apply/],
    [{ workload: 'x' }, /the workload does not apply/],
    [{ architectures: [{ ...architecture('llama-2-7b'), name: 'tiny' }] }, /no experiment runs `tiny`/],
  ])('refuses %j, which would change nothing', async (options, message) => {
    const { root } = groundTruth();
    await expect(importDataset(root, options)).rejects.toThrow(message);
  });

  it('takes hardware and block size, which it does not know', async () => {
    const { root } = groundTruth();
    const { experiments } = await importDataset(root, { hardware: 'A100', blockSize: 32 });
    expect(experiments[0]).toMatchObject({ hardware: 'A100', blockSize: 32 });
  });

  it('names folders that it leaves out', async () => {
    const { root, run } = groundTruth();
    cpSync(run, join(root, 'scratch'), { recursive: true });
    const notes: string[] = [];
    const { experiments } = await importDataset(root, { onNote: (line) => notes.push(line) });
    expect(experiments).toHaveLength(1);
    expect(notes).toEqual([expect.stringContaining(join(root, 'scratch'))]);
  });

  it('reads another model when its config.json is given', async () => {
    const { root, config } = groundTruth();
    writeFileSync(config, 'model: someone/Tiny-1b\ntensor_parallelism: 4\n');
    await expect(importDataset(root)).rejects.toThrow(/unknown model `someone\/Tiny-1b`/);
    const file = join(temporaryFolder(), 'tiny-1b.json');
    writeFileSync(
      file,
      JSON.stringify({
        hidden_size: 64,
        intermediate_size: 128,
        num_attention_heads: 4,
        num_hidden_layers: 2,
        vocab_size: 100,
        torch_dtype: 'bfloat16',
      }),
    );
    const dataset = await importDataset(root, { architectures: [readHuggingFaceConfig(file)] });
    expect(dataset.experiments[0]!.architecture).toBe('tiny-1b');
    expect(dataset.architectures?.map(({ name }) => name)).toEqual(['tiny-1b']);
  });

  it.each<[string, (tree: Tree) => void, RegExp]>([
    [
      'a trace line that is cut off',
      ({ traces }) => appendFileSync(traces, otlpLine([9]).slice(0, 900)),
      /traces\.json:5: not an OTLP export/,
    ],
    [
      'an event without an attribute',
      ({ traces }) => appendFileSync(traces, otlpLine([9]).replace('kv.blocks_free_gpu', 'kv.other')),
      /traces\.json:5: a step\.BATCH_SUMMARY event has no number `kv\.blocks_free_gpu`/,
    ],
    [
      'a value that is no number',
      ({ traces }) => appendFileSync(traces, otlpLine([10]).replace('"507"', '"fast"').replace('"503"', '"fast"')),
      /traces\.json: column `step\.duration_us`, record 4: NaN is not/,
    ],
    [
      'traces without step records',
      ({ traces }) => writeFileSync(traces, '{}\n'),
      /traces\.json: no step records in it/,
    ],
    [
      'a summary that is no JSON',
      ({ summary }) => writeFileSync(summary, '{"successes":'),
      /summary_lifecycle_metrics\.json:1:14: not JSON/,
    ],
    [
      'a summary without a figure',
      ({ summary }) => writeFileSync(summary, JSON.stringify({ ...SUMMARY, failures: {} })),
      /summary_lifecycle_metrics\.json:\d+: failures\.count: /,
    ],
    [
      'a configuration that is no YAML',
      ({ config }) => writeFileSync(config, 'model: [1,\n'),
      /exp-config\.yaml:\d+:\d+: not YAML: /,
    ],
    [
      'a configuration without the model',
      ({ config }) => writeFileSync(config, 'tensor_parallelism: 4\n'),
      /exp-config\.yaml:\d+: model: /,
    ],
    [
      'a limit that is no number',
      ({ config }) => appendFileSync(config, 'max_num_batched_tokens: many\n'),
      /exp-config\.yaml:4: max_num_batched_tokens: /,
    ],
    [
      "parallelism that is not the folder's",
      ({ config }) => writeFileSync(config, 'model: llama-2-70b\ntensor_parallelism: 2\n'),
      /exp-config\.yaml: tensor_parallelism: is 2, but the folder's name says tp4/,
    ],
    [
      'a folder with nothing in it',
      ({ traces, summary }) => [traces, summary].map((path) => rmSync(path)),
      /neither step records \(steps\.parquet or traces\.json\) nor measured latency/,
    ],
    ['a tree without experiments', ({ run }) => rmSync(run, { recursive: true }), /no experiment folders in it/],
  ])('says where %s is', async (_, breakIt, message) => {
    const tree = groundTruth();
    breakIt(tree);
    await expect(importDataset(tree.root)).rejects.toThrow(message);
    await expect(importDataset(tree.root)).rejects.toMatchObject({
      code: expect.stringMatching(/^data\./),
      mend: expect.stringMatching(/\w/),
    });
  });

  it('keeps no latency of a run in which nothing completed', async () => {
    const { root, summary } = groundTruth();
    writeFileSync(summary, JSON.stringify({ successes: { count: 0, latency: null }, failures: { count: 7 } }));
    expect((await importDataset(root)).experiments[0]).not.toHaveProperty('measured');
  });
});
