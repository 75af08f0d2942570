import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeRawTree } from '../../../../src/data/demo/index.ts';
import type { StepRecord } from '../../../../src/data/demo/observer.ts';
import { simulateRun } from '../../../../src/data/demo/raw/simulate-run.ts';
import { folderForAll } from '../../../temporary-folder.ts';
import { CROWDED } from './short-scenario.ts';

/** A request as a log has it: s, from any zero; NaN where the log does not say it. */
interface Logged {
  readonly sent: number;
  readonly first: number;
  readonly last: number;
  readonly tokens: readonly number[];
  readonly prompt: number;
  readonly output: number;
}

// biome-ignore lint/suspicious/noExplicitAny: documents of other tools.
type Json = any; // oxlint-disable-line typescript/no-explicit-any

const settings = { seed: 5, sampleShare: 0.1 };
const tree = join(folderForAll(), 'raw');
const { id } = CROWDED;
const steps: { readonly record: StepRecord; readonly cycleNs: number }[] = [];
const truth = simulateRun(CROWDED, settings, () => ({ step: (record, cycleNs) => steps.push({ record, cycleNs }) }));

beforeAll(async () => {
  await writeRawTree(tree, { ...settings, scenarios: [CROWDED] });
}, 60_000);

function text(path: string): string {
  return readFileSync(join(tree, path), 'utf8');
}

function lines(path: string): readonly string[] {
  return text(path).trimEnd().split('\n');
}

function after(start: number, gaps: readonly number[]): readonly number[] {
  let at = start;
  return [start, ...gaps.map((gap) => (at += gap))];
}

function csv(path: string): readonly Readonly<Record<string, string>>[] {
  const [head, ...rows] = lines(path).map((line) => line.split(','));
  return rows.map((cells) => Object.fromEntries(head!.map((name, at) => [name, cells[at]!])));
}

const US = 1e-6;
const CLIENTS: Readonly<Record<string, () => readonly Logged[]>> = {
  'vllm-bench': () => {
    const run: Json = JSON.parse(text(`vllm-bench/${id}.json`));
    return run.input_lens.map((prompt: number, r: number): Logged => {
      const sent = run.start_times[r];
      const tokens = after(sent + run.ttfts[r], run.itls[r]);
      return { sent, first: tokens[0]!, last: sent + run.latencies[r], tokens, prompt, output: run.output_lens[r] };
    });
  },
  'sglang-bench': () => {
    const run: Json = JSON.parse(text(`sglang-bench/${id}.jsonl`));
    return run.input_lens.map((prompt: number, r: number): Logged => {
      const tokens = after(run.ttfts[r], run.itls[r]);
      return { sent: 0, first: tokens[0]!, last: tokens.at(-1)!, tokens, prompt, output: run.output_lens[r] };
    });
  },
  'inference-perf': () =>
    JSON.parse(text(`inference-perf/${id}/per_request_lifecycle_metrics.json`)).map(
      ({ start_time, end_time, info }: Json): Logged => {
        const { chunk_times, server_usage } = info.response_metrics;
        return {
          sent: start_time,
          first: chunk_times[0],
          last: end_time,
          tokens: chunk_times,
          prompt: server_usage.prompt_tokens,
          output: server_usage.completion_tokens,
        };
      },
    ),
  guidellm: () =>
    JSON.parse(text(`guidellm/${id}/benchmarks.json`)).benchmarks[0].requests.successful.map(
      ({ info, prompt_tokens, output_tokens }: Json): Logged => ({
        sent: info.timings.request_start,
        first: info.timings.first_token_iteration,
        last: info.timings.last_token_iteration,
        tokens: [],
        prompt: prompt_tokens,
        output: output_tokens,
      }),
    ),
  aiperf: () =>
    lines(`aiperf/${id}/profile_export.jsonl`).map((line): Logged => {
      const { metadata, metrics }: Json = JSON.parse(line);
      const sent = metadata.request_start_ns / 1e9;
      const gaps: readonly number[] = metrics.inter_chunk_latency?.value ?? [];
      // Seconds since 1970 hold 0.2 µs: what is added up, is added up without them.
      const tokens = after(metrics.time_to_first_token.value, gaps).map((ms) => sent + ms / 1e3);
      return {
        sent,
        first: tokens[0]!,
        last: metadata.request_end_ns / 1e9,
        tokens,
        prompt: metrics.input_sequence_length.value,
        output: metrics.output_sequence_length.value,
      };
    }),
  blis: () => {
    const events = new Map<string, number[]>();
    for (const { request_id, timestamp_us } of csv(`blis/${id}.itl.csv`)) {
      const own = events.get(request_id!) ?? [];
      own.push(Number(timestamp_us) * US);
      events.set(request_id!, own);
    }
    return csv(`blis/${id}.csv`).map((row): Logged => {
      expect(events.get(row['request_id']!)).toHaveLength(Number(row['num_chunks']));
      return {
        sent: Number(row['send_time_us']) * US,
        first: Number(row['first_chunk_time_us']) * US,
        // The usage comes 30 µs after the last token.
        last: Number(row['last_chunk_time_us']) * US - 30 * US,
        tokens: events.get(row['request_id']!)!.slice(0, -1),
        prompt: Number(row['prefix_length']) + Number(row['input_tokens']),
        output: Number(row['output_tokens']),
      };
    });
  },
};

describe.each(Object.entries(CLIENTS))('%s', (name, read) => {
  it('has each request with the times of its client', () => {
    const { clientRequests: true_ } = truth;
    const logged = read();
    expect(logged).toHaveLength(true_.arrivalUs.length);
    const zero = logged[0]!.sent;
    for (const [r, { sent, first, last, tokens, prompt, output }] of logged.entries()) {
      // Sendings are not in SGLang's log; its times count from there.
      const from = name === 'sglang-bench' ? true_.arrivalUs[r]! : 0;
      if (name !== 'sglang-bench') expect((sent - zero) / US, `${r}`).toBeCloseTo(true_.arrivalUs[r]!, -1);
      expect((first - zero) / US + from).toBeCloseTo(true_.firstTokenUs[r]!, -1);
      expect((last - zero) / US + from).toBeCloseTo(true_.lastTokenUs[r]!, -1);
      expect([prompt, output]).toEqual([true_.promptTokens[r], true_.outputTokens[r]]);
      if (name === 'guidellm') continue;
      expect(tokens).toHaveLength(output);
      const own = true_.tokenTimes!.us.subarray(true_.tokenTimes!.offsets[r], true_.tokenTimes!.offsets[r + 1]);
      expect(tokens.every((time, at) => Math.abs((time - zero) / US + from - own[at]!) < 2)).toBe(true);
    }
  });
});

describe('logs of every step', () => {
  it('of vLLM have the batch of each, and the time without the scheduler', () => {
    const found = [
      ...text(`vllm-iterations/${id}.log`).matchAll(
        /Iteration\((\d+)\): (\d+) context requests, (\d+) context tokens, (\d+) generation requests, (\d+) generation tokens, iteration elapsed time: ([\d.]+) ms/g,
      ),
    ].map((match) => match.slice(1).map(Number));
    expect(found).toHaveLength(steps.length);
    for (const [at, { record, cycleNs }] of steps.entries()) {
      const { prefillRequests, prefillTokens, decodeRequests, decodeTokens, durationUs } = record;
      expect(found[at]!.slice(0, 5)).toEqual([at, prefillRequests, prefillTokens, decodeRequests, decodeTokens]);
      expect(found[at]![5]).toBeCloseTo(cycleNs / 1e6 - durationUs / 1e3, 1);
    }
  });

  it('of Dynamo have sums over the batch, and the time from end to end', () => {
    const packed = readFileSync(join(tree, `forward-pass/${id}.000000.jsonl.gz`));
    const records: Json[] = gunzipSync(packed)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event.fpm);
    expect(records.every(({ counter_id }, at) => counter_id === at)).toBe(true);
    const passes = records.filter(({ wall_time }) => wall_time > 0);
    expect(passes).toHaveLength(steps.length);
    for (const [at, { record, cycleNs }] of steps.entries()) {
      const { scheduled_requests: scheduled, wall_time } = passes[at];
      expect(scheduled.num_prefill_requests).toBe(record.prefillRequests);
      expect(scheduled.sum_prefill_tokens).toBe(record.prefillTokens);
      expect(scheduled.num_decode_requests).toBe(record.decodeRequests);
      const isFirst = at === 0 || steps[at - 1]!.record.stepId + 1 < record.stepId;
      const wallNs = cycleNs - (isFirst ? record.durationUs * 1000 : 0);
      expect(wall_time).toBeCloseTo(wallNs / 1e9, 9);
    }
    const { state, steps: recorded } = truth.experiment;
    const byId = new Map(steps.map(({ record }, at) => [record.stepId, passes[at].scheduled_requests]));
    for (let row = 0; row < recorded.stepId.length; row++) {
      let kv = 0;
      for (let at = state.offsets[row]!; at < state.offsets[row + 1]!; at++) {
        if (state.outputTokens[at]! > 0) kv += state.computedTokens[at]!;
      }
      expect(byId.get(recorded.stepId[row]!).sum_decode_kv_tokens).toBe(kv);
    }
  });

  it('as a table have the recorded steps, in other units', () => {
    const rows = csv(`step-table/${id}.csv`);
    const { steps: recorded } = truth.experiment;
    expect(rows.map(({ iter }) => Number(iter))).toEqual([...recorded.stepId]);
    expect(rows.map(({ schedule_ms }) => Math.round(1000 * Number(schedule_ms)))).toEqual([...recorded.durationUs]);
    expect(rows.map(({ start_s }) => Number(start_s!.replace('.', '')))).toEqual([...recorded.startNs]);
  });
});

describe('the log of an engine by LLMServingSim', () => {
  it('has the times of the engine on its monotonic clock', () => {
    const { requests } = truth.experiment;
    const logged: Json[] = lines(`llmservingsim/${id}/requests.jsonl`).map((line) => JSON.parse(line));
    const zero = logged[0]!.queued_ts;
    for (const [r, record] of logged.entries()) {
      for (const [key, column] of [
        ['queued_ts', requests.queuedUs],
        ['scheduled_ts', requests.scheduledUs],
        ['first_token_ts', requests.firstTokenUs],
        ['last_token_ts', requests.lastTokenUs],
      ] as const) {
        expect((record[key] - zero) / US, `${key} ${r}`).toBeCloseTo(column[r]! - requests.queuedUs[0]!, 1);
      }
    }
  });

  it('has a row for each second with work, whose tokens add up to all', () => {
    const rows = csv(`llmservingsim/${id}/timeseries.csv`);
    const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);
    const { outputTokens, promptTokens } = truth.clientRequests;
    expect(sum('gen_throughput')).toBe(outputTokens.reduce((a, b) => a + b, 0));
    expect(sum('prompt_throughput')).toBe(promptTokens.reduce((a, b) => a + b, 0));
  });
});
