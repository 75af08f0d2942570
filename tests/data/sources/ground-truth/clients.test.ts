import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset } from '../../../../src/data/index.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

/** Seconds; every percentile is a multiple of the mean. */
function figures(mean: number): unknown {
  return { mean, median: 0.9 * mean, p90: 1.2 * mean, p99: 2 * mean };
}

function lifecycle(e2e: number, ttft: number, perToken: number): string {
  return JSON.stringify({
    successes: {
      count: 90,
      latency: {
        request_latency: figures(e2e),
        time_to_first_token: figures(ttft),
        inter_token_latency: figures(perToken),
        time_per_output_token: figures(perToken),
      },
      prompt_len: figures(575.5),
      output_len: figures(246),
    },
    failures: { count: 3 },
  });
}

const RESOLVED = `data:
  type: shared_prefix
  shared_prefix: {num_groups: 10, num_prompts_per_group: 10, system_prompt_len: 100, question_len: 447, output_len: 101}
load:
  type: constant
  stages: [{rate: 8.0, duration: 600}, {rate: 20.0, duration: 300}]
`;

function folder(date = '20260101'): { readonly run: string; readonly results: string } {
  const run = join(temporaryFolder(), `${date}-120000-llama-2-7b-tp1-general`);
  const results = join(run, 'results');
  mkdirSync(results, { recursive: true });
  const profile = {
    data: {
      type: 'shared_prefix',
      shared_prefix: {
        num_unique_system_prompts: 9,
        num_users_per_system_prompt: 5,
        system_prompt_len: 100,
        question_len: 447,
        output_len: 101,
      },
    },
    load: { type: 'poisson', stages: [{ rate: 8, duration: 600 }] },
  };
  writeFileSync(join(run, 'profile.yaml'), JSON.stringify(profile));
  writeFileSync(join(results, 'config.yaml'), RESOLVED);
  // 100 tokens after the first in 2 s: 20 ms each, of which half is reported.
  writeFileSync(join(results, 'summary_lifecycle_metrics.json'), lifecycle(2.05, 0.05, 0.01));
  writeFileSync(join(results, 'stage_1_lifecycle_metrics.json'), lifecycle(2.46, 0.06, 0.012));
  writeFileSync(join(results, 'stage_0_lifecycle_metrics.json'), lifecycle(1.64, 0.04, 0.016));
  return { run, results };
}

describe('the load and the reports of a ground-truth folder', () => {
  it('are as the load generator understood its options', async () => {
    const { run, results } = folder();
    const [experiment] = (await importDataset(run)).experiments;
    expect(experiment!.load).toEqual({
      arrivals: 'constant',
      stages: [
        { rate: 8, durationS: 600 },
        { rate: 20, durationS: 300 },
      ],
      groups: 10,
      promptsPerGroup: 10,
      systemPromptTokens: 100,
      promptTokens: 575.5,
      outputTokens: 101,
    });
    rmSync(join(results, 'config.yaml'));
    expect((await importDataset(run)).experiments[0]!.load).toMatchObject({ arrivals: 'poisson', groups: 9 });
  });

  it('have the true time between tokens where half of it was reported', async () => {
    const { overall, stages } = (await importDataset(folder().run)).experiments[0]!.reports!;
    expect(overall).toMatchObject({ completed: 90, failed: 3 });
    expect(overall.itlMs.mean).toBeCloseTo(20, 9);
    expect(overall.itlMs.p90).toBeCloseTo(24, 9);
    expect(overall.ttftMs.p50).toBeCloseTo(45, 9);
    // By number of the stage; 16 ms that are no half of 16 ms stay.
    expect(stages.map(({ itlMs }) => itlMs.mean)).toEqual([expect.closeTo(16, 9), expect.closeTo(24, 9)]);
  });

  it('are left out where the load is of another kind, or a stage has no latencies', async () => {
    const { run, results } = folder();
    writeFileSync(
      join(results, 'config.yaml'),
      RESOLVED.replace('output_len: 101', 'output_len: 101, enable_multi_turn_chat: true'),
    );
    const talking = (await importDataset(run)).experiments[0]!;
    expect([talking.load, talking.reports]).toEqual([undefined, undefined]);
    writeFileSync(join(results, 'config.yaml'), RESOLVED);
    const failed = { successes: { count: 0, latency: null }, failures: { count: 90 } };
    writeFileSync(join(results, 'stage_1_lifecycle_metrics.json'), JSON.stringify(failed));
    const { load, reports } = (await importDataset(run)).experiments[0]!;
    expect([load?.groups, reports]).toEqual([10, undefined]);
  });

  it('say where they are broken', async () => {
    const { run, results } = folder();
    writeFileSync(join(results, 'config.yaml'), RESOLVED.replace('8.0', 'fast'));
    await expect(importDataset(run)).rejects.toThrow(/config\.yaml:6: load\.stages\.0\.rate/);
  });
});

describe('scheduling that nothing tells of', () => {
  it('is asynchronous in a run of a time when vLLM had come to that', async () => {
    const settings = async (date: string, server?: object) =>
      (await importDataset(folder(date).run, server === undefined ? {} : { server: { settings: server } }))
        .experiments[0]!.settings;
    expect(await settings('20260131')).toBeUndefined();
    expect(await settings('20260201')).toEqual({ asyncScheduling: true });
    expect(await settings('20260201', { engineVersion: '0.13.0' })).toEqual({ engineVersion: '0.13.0' });
    expect(await settings('20260201', { asyncScheduling: false })).toEqual({ asyncScheduling: false });
  });
});
