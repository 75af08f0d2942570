import type { StagedFile, StagedFolder } from '../../../base/index.ts';
import type { RunObserver } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { SERVER } from '../server-settings.ts';
import { writeAiperf } from './aiperf.ts';
import { writeBlisTrace } from './blis-trace.ts';
import { ForwardPasses } from './forward-pass.ts';
import { TRACE_FILE, writeGroundTruth } from './ground-truth.ts';
import { writeGuidellm } from './guidellm.ts';
import { writeInferencePerf } from './inference-perf.ts';
import { IterationLog } from './iteration-log.ts';
import { TimeSeries, writeServingSim } from './serving-sim.ts';
import { writeSglangBench } from './sglang-bench.ts';
import type { RunFacts, SimulatedRun } from './simulated-run.ts';
import { STEP_TABLE_MAP, StepTable } from './step-table.ts';
import { Traces } from './traces.ts';
import { writeVllmBench } from './vllm-bench.ts';

/** A log that is written while a run goes on. */
export interface RunningLog {
  readonly observer: Partial<RunObserver>;
  /** Ends it when the run is over. */
  readonly end: () => void;
}

/** Opens the logs of an experiment that are written while it runs. */
export function openRunningLogs(staged: StagedFolder, facts: RunFacts, requests: Requests): readonly RunningLog[] {
  const { id } = facts.scenario;
  const open = (
    path: string,
    observe: (file: StagedFile) => Partial<RunObserver> & { readonly end?: () => void },
  ): RunningLog => {
    const file = staged.open(path);
    const observer = observe(file);
    const end = (): void => {
      observer.end?.();
      file.close();
    };
    return { observer, end };
  };
  return [
    open(`ground-truth/${id}/${TRACE_FILE}`, (file) => new Traces(file, facts, requests)),
    open(`llmservingsim/${id}/timeseries.csv`, (file) => new TimeSeries(file, requests)),
    open(`vllm-iterations/${id}.log`, (file) => new IterationLog(file, facts)),
    open(`forward-pass/${id}.000000.jsonl.gz`, (file) => new ForwardPasses(file, facts, requests)),
    open(`step-table/${id}.csv`, (file) => new StepTable(file)),
  ];
}

/** Writes the logs of an experiment that are made of its requests when it is over. */
export function writeFinishedLogs(staged: StagedFolder, run: SimulatedRun): void {
  const { id } = run.scenario;
  writeGroundTruth(staged, `ground-truth/${id}`, run);
  writeServingSim(staged, `llmservingsim/${id}`, run);
  writeVllmBench(staged.open(`vllm-bench/${id}.json`), run);
  writeSglangBench(staged.open(`sglang-bench/${id}.jsonl`), run);
  writeInferencePerf(staged.open(`inference-perf/${id}/per_request_lifecycle_metrics.json`), run);
  writeGuidellm(staged.open(`guidellm/${id}/benchmarks.json`), run);
  writeBlisTrace(staged, `blis/${id}`, run);
  writeAiperf(staged.open(`aiperf/${id}/profile_export.jsonl`), run);
  staged.write(`server/${id}.yaml`, serverFile(run));
}

/** Writes what belongs to no single experiment. */
export function writeCommonFiles(staged: StagedFolder): void {
  staged.write('README.md', README);
  staged.write('step-table/map.yaml', STEP_TABLE_MAP);
}

/** What most request logs do not say of the server. */
function serverFile({ scenario, servedModel }: SimulatedRun): string {
  return `model: ${servedModel}
workload: ${scenario.workload.name}
hardware: ${SERVER.hardware}
tensor_parallel_size: ${scenario.tp}
block_size: ${SERVER.blockTokens}
max_num_seqs: ${SERVER.maxSequences}
max_num_batched_tokens: ${SERVER.maxBatchedTokens}
max_model_len: ${SERVER.maxModelTokens}
num_gpu_blocks: ${scenario.kvBlocks}
enable_prefix_caching: true
enable_chunked_prefill: true
async_scheduling: false
`;
}

const README = `# Simulated logs

Made by a simulation, not measured. Each folder holds the same experiments in one format:

- \`ground-truth/\`: a folder for each experiment with its settings, OTLP traces (steps, requests of each batch, journeys of
  requests) and inference-perf's results
- \`vllm-bench/\`, \`sglang-bench/\`, \`guidellm/\`, \`inference-perf/\`, \`aiperf/\`, \`blis/\`: request logs of clients
- \`llmservingsim/\`: a request log of the engine
- \`vllm-iterations/\`, \`forward-pass/\`: every step as vLLM and Dynamo log it
- \`step-table/\`: recorded steps as a CSV table with names and units of its own, and the map of its columns
- \`server/\`: what the server was started with, for logs that do not say it
`;
