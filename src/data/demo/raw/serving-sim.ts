import type { StagedFile, StagedFolder } from '../../../base/index.ts';
import type { RunObserver, StepClock, StepRecord } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { SERVER } from '../server-settings.ts';
import { BOOT_NS } from '../step-log.ts';
import { hexId } from './ids.ts';
import { type SimulatedRun, VLLM_VERSION } from './simulated-run.ts';
import { seconds } from './units.ts';

/**
 * Writes what LLMServingSim's `bench run` takes from an engine in its own process, so without an API server: `requests.jsonl` and
 * `meta.json`. `arrival_time` is on the wall clock, the others are on the engine's monotonic one.
 *
 * Source: casys-kaist/LLMServingSim, `bench/core/recorder.py`, `bench/core/runner.py`.
 */
export function writeServingSim(staged: StagedFolder, folder: string, run: SimulatedRun): void {
  const { requests, times, startUs } = run;
  const file = staged.open(`${folder}/requests.jsonl`);
  for (let r = 0; r < requests.count; r++) {
    const tokens = times.tokensOf(r);
    const queuedUs = requests.arrivalUs[r] as number;
    const record = {
      request_id: `bench-${r}`,
      input_toks: requests.promptTokens[r],
      output_toks: tokens.length,
      arrival_time: seconds(startUs + queuedUs),
      queued_ts: monotonic(queuedUs),
      scheduled_ts: monotonic(times.scheduledUs[r] as number),
      first_token_ts: monotonic(tokens[0] as number),
      last_token_ts: monotonic(tokens.at(-1) as number),
    };
    file.write(`${JSON.stringify(record)}\n`);
  }
  file.close();
  staged.write(`${folder}/meta.json`, `${JSON.stringify(metaOf(run), null, 2)}\n`);
}

function monotonic(us: number): number {
  return seconds(BOOT_NS / 1000 + us);
}

function metaOf({ scenario, servedModel, requests, times, startUs }: SimulatedRun): unknown {
  const { kvBlocks, tp, workload } = scenario;
  const lastUs = times.tokenUs.reduce((last, us) => Math.max(last, us), 0);
  const isoTime = (us: number): string => new Date((startUs + us) / 1000).toISOString();
  return {
    schema_version: 1,
    model: servedModel,
    vllm_version: VLLM_VERSION,
    engine_kwargs: {
      model: servedModel,
      tensor_parallel_size: tp,
      data_parallel_size: 1,
      enable_expert_parallel: false,
      max_num_seqs: SERVER.maxSequences,
      max_num_batched_tokens: SERVER.maxBatchedTokens,
      max_model_len: SERVER.maxModelTokens,
      dtype: 'bfloat16',
      kv_cache_dtype: 'auto',
      seed: 42,
    },
    dataset_path: `workloads/${workload.name}.jsonl`,
    dataset_hash: hexId(`${scenario.id} dataset`, 64),
    num_requests: requests.count,
    started_at: isoTime(0),
    finished_at: isoTime(lastUs),
    tick_seconds: 1,
    kv_cache: {
      num_gpu_blocks: kvBlocks,
      num_cpu_blocks: null,
      block_size: SERVER.blockTokens,
      gpu_memory_utilization: 0.9,
      enable_prefix_caching: true,
      kv_cache_memory_bytes: null,
      num_kv_tokens: kvBlocks * SERVER.blockTokens,
    },
    hardware: {
      device_count: tp,
      device_name: `NVIDIA ${SERVER.hardware} 80GB HBM3`,
      device_capability: '9.0',
    },
  };
}

/** Writes `timeseries.csv`: a row for each second in which a step ended, with what the last one left. */
export class TimeSeries implements Pick<RunObserver, 'token' | 'step'> {
  readonly #file: StagedFile;
  readonly #requests: Requests;
  #second = -1;
  #promptTokens = 0;
  #outputTokens = 0;
  #last = '';

  constructor(file: StagedFile, requests: Requests) {
    this.#file = file;
    this.#requests = requests;
    file.write('t,prompt_throughput,gen_throughput,running,waiting,kv_cache_pct\n');
  }

  token(request: number, token: number, { ns }: StepClock): void {
    this.#reach(ns);
    this.#outputTokens++;
    if (token === 0) this.#promptTokens += this.#requests.promptTokens[request] as number;
  }

  step(record: StepRecord, cycleNs: number): void {
    this.#reach(record.startNs - BOOT_NS + cycleNs);
    const { runningDepth, waitingDepth, finishedRequests, kvUsageRatio } = record;
    this.#last = `${runningDepth - finishedRequests},${waitingDepth},${Number((100 * kvUsageRatio).toFixed(2))}`;
  }

  end(): void {
    this.#reach(Number.POSITIVE_INFINITY);
  }

  #reach(ns: number): void {
    const second = Math.floor(ns / 1e9);
    if (second === this.#second) return;
    if (this.#last !== '') {
      this.#file.write(`${this.#second + 1},${this.#promptTokens},${this.#outputTokens},${this.#last}\n`);
    }
    this.#second = second;
    this.#promptTokens = 0;
    this.#outputTokens = 0;
    this.#last = '';
  }
}
