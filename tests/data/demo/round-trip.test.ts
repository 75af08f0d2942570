import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRawTree } from '../../../src/data/demo/index.ts';
import type { StepRecord } from '../../../src/data/demo/observer.ts';
import { simulateRun } from '../../../src/data/demo/raw/simulate-run.ts';
import {
  type Experiment,
  importDataset,
  type ImportOptions,
  parseMap,
  readServerFile,
} from '../../../src/data/index.ts';
import type { RequestColumn, RequestColumns } from '../../../src/data/requests.ts';
import { folderForAll } from '../../temporary-folder.ts';
import { CROWDED, SHORT } from './raw/short-scenario.ts';

const SERVER_COLUMNS: readonly RequestColumn[] = [
  'arrivalUs',
  'queuedUs',
  'scheduledUs',
  'firstTokenUs',
  'lastTokenUs',
  'departedUs',
  'promptTokens',
  'outputTokens',
  'preemptions',
  'outcome',
];
const CLIENT_COLUMNS: readonly RequestColumn[] = [
  'arrivalUs',
  'firstTokenUs',
  'lastTokenUs',
  'promptTokens',
  'outputTokens',
  'outcome',
];
/** Doubles of seconds since 1970 hold a quarter of a µs, and some logs have whole µs. */
const WALL_CLOCK_US = 1;
/** Gaps that are added up to a time since 1970, one after another. */
const ADDED_UP_US = 10;
/** Times that count from somewhere near. */
const NEAR_CLOCK_US = 0.01;

/** What logs do not say, as a user says it: files for the server and the columns. */
interface Said extends Omit<ImportOptions, 'server' | 'map'> {
  readonly server?: string;
  readonly map?: string;
}

/** Row numbers in an order that does not depend on how requests of the same arrival stand in a log. */
function ordered(requests: RequestColumns): readonly number[] {
  const keys = [requests.firstTokenUs, requests.lastTokenUs, requests.promptTokens];
  return Array.from(requests.arrivalUs.keys()).sort((a, b) => {
    const apart = requests.arrivalUs[a]! - requests.arrivalUs[b]!;
    if (Math.abs(apart) > WALL_CLOCK_US / 2) return apart;
    const key = keys.find((column) => Math.abs(column[a]! - column[b]!) > WALL_CLOCK_US / 2);
    return key === undefined ? 0 : key[a]! - key[b]!;
  });
}

/** Rows in which two columns are further apart than they may be; the worst is shown. */
function expectClose(found: Iterable<number>, wanted: Iterable<number>, tolerance: number, what: string): void {
  const [a, b] = [[...found], [...wanted]];
  expect(a.length, what).toBe(b.length);
  const apart = a.map((value, row) => Math.abs(value - b[row]!));
  const odd = apart.findIndex((distance) => !(distance <= tolerance));
  expect(odd < 0 ? undefined : { row: odd, found: a[odd], wanted: b[odd] }, what).toBeUndefined();
}

function expectRequests(
  found: RequestColumns,
  wanted: RequestColumns,
  columns: readonly RequestColumn[],
  tolerance: number,
): void {
  const rows = ordered(found);
  const wantedRows = ordered(wanted);
  for (const name of columns) {
    expectClose(
      rows.map((row) => found[name][row]!),
      wantedRows.map((row) => wanted[name][row]!),
      name.endsWith('Us') ? tolerance : 0,
      name,
    );
  }
}

function expectTokens(found: RequestColumns, wanted: RequestColumns, tolerance: number): void {
  const wantedRows = ordered(wanted);
  const tokensOf = ({ tokenTimes }: RequestColumns, row: number): Float64Array =>
    tokenTimes!.us.subarray(tokenTimes!.offsets[row], tokenTimes!.offsets[row + 1]);
  for (const [at, row] of ordered(found).entries()) {
    // A single token has no gap that a log could have.
    if (found.outputTokens[row] === 1 && tokensOf(found, row).length === 0) continue;
    expectClose(tokensOf(found, row), tokensOf(wanted, wantedRows[at]!), tolerance, `tokens of ${row}`);
  }
}

describe.each([
  { what: 'a tenth of the steps', scenario: SHORT, sampleShare: 0.1 },
  { what: 'all steps', scenario: SHORT, sampleShare: 1 },
  { what: 'a tenth of the steps, and preemptions,', scenario: CROWDED, sampleShare: 0.1 },
  { what: 'all steps, and preemptions,', scenario: CROWDED, sampleShare: 1 },
])('a simulation with $what recorded', ({ scenario, sampleShare }) => {
  const settings = { seed: 7, sampleShare };
  const tree = join(folderForAll(), 'raw');
  const { id } = scenario;
  const allSteps: { readonly record: StepRecord; readonly cycleNs: number }[] = [];
  const truth = simulateRun(scenario, settings, () => ({
    step: (record, cycleNs) => allSteps.push({ record, cycleNs }),
  }));
  let written: Promise<unknown> | undefined;

  async function imported(path: string, { server, map, ...options }: Said = {}): Promise<Experiment> {
    written ??= writeRawTree(tree, { ...settings, scenarios: [scenario] });
    await written;
    const dataset = await importDataset(join(tree, path), {
      ...options,
      ...(server !== undefined && { server: readServerFile(server) }),
      ...(map !== undefined && { map: parseMap(map) }),
    });
    expect(dataset.experiments).toHaveLength(1);
    return dataset.experiments[0]!;
  }
  const server = join(tree, 'server', `${id}.yaml`);

  it('comes back from its traces: the step records and the measured latency', async () => {
    const { steps, measured } = await imported(`ground-truth/${id}`);
    expect(steps).toEqual(truth.experiment.steps);
    for (const [name, value] of Object.entries(truth.experiment.measured)) {
      expect(measured![name as 'e2eMs'], name).toBeCloseTo(value, 6);
    }
  }, 60_000);

  it('comes back from its traces: the state of each batch, requests and settings', async () => {
    const { state, requests, settings: found } = await imported(`ground-truth/${id}`);
    expect(state).toEqual(truth.experiment.state);
    expect(found).toEqual(truth.experiment.settings);
    const wanted = truth.experiment.requests;
    expect(Math.abs(requests!.originNs! - wanted.originNs!)).toBeLessThan(10);
    expectRequests(requests!, wanted, SERVER_COLUMNS, NEAR_CLOCK_US);
  }, 60_000);

  for (const { format, path, tolerance } of [
    { format: 'vllm-bench', path: `vllm-bench/${id}.json`, tolerance: NEAR_CLOCK_US },
    {
      format: 'inference-perf',
      path: `inference-perf/${id}/per_request_lifecycle_metrics.json`,
      tolerance: NEAR_CLOCK_US,
    },
    { format: 'blis-trace', path: `blis/${id}.csv`, tolerance: WALL_CLOCK_US },
    { format: 'guidellm', path: `guidellm/${id}/benchmarks.json`, tolerance: WALL_CLOCK_US },
    { format: 'aiperf', path: `aiperf/${id}/profile_export.jsonl`, tolerance: ADDED_UP_US },
  ]) {
    it(`comes back from the log of ${format}`, async () => {
      const { requests } = await imported(path, { server });
      expectRequests(requests!, truth.clientRequests, CLIENT_COLUMNS, tolerance);
      // GuideLLM keeps the times of the first and the last token alone.
      if (format !== 'guidellm') expectTokens(requests!, truth.clientRequests, tolerance);
    }, 60_000);
  }

  it('comes back from the log of SGLang, but for the times of sending', async () => {
    const { clientRequests: wanted } = truth;
    const { requests } = await imported(`sglang-bench/${id}.jsonl`, { server });
    for (const name of ['promptTokens', 'cachedTokens', 'outputTokens', 'outcome'] as const) {
      expect(requests![name], name).toEqual(wanted[name]);
    }
    for (const name of ['firstTokenUs', 'lastTokenUs'] as const) {
      expectClose(
        requests![name].map((us, row) => us - requests!.sentUs[row]!),
        wanted[name].map((us, row) => us - wanted.sentUs[row]!),
        NEAR_CLOCK_US,
        name,
      );
    }
  }, 60_000);

  it('comes back from the log of LLMServingSim, as the engine had it', async () => {
    const { requests, settings: found } = await imported(`llmservingsim/${id}/requests.jsonl`);
    const wanted = truth.experiment.requests;
    const zero = wanted.queuedUs[0]!;
    for (const name of ['queuedUs', 'scheduledUs', 'firstTokenUs', 'lastTokenUs'] as const) {
      expectClose(
        requests![name],
        wanted[name].map((us) => us - zero),
        WALL_CLOCK_US,
        name,
      );
    }
    expect(requests!.promptTokens).toEqual(wanted.promptTokens);
    expect(found!.kvBlocks).toBe(scenario.kvBlocks);
  }, 60_000);

  it('comes back from the iterations of vLLM: every batch, and the time without its scheduling', async () => {
    const { steps } = await imported(`vllm-iterations/${id}.log`, { server });
    for (const name of ['prefillRequests', 'prefillTokens', 'decodeRequests', 'decodeTokens'] as const) {
      expectClose(
        steps![name],
        allSteps.map(({ record }) => record[name]),
        0,
        name,
      );
    }
    // Lines have hundredths of a ms.
    expectClose(
      steps!.durationUs,
      allSteps.map(({ record, cycleNs }) => cycleNs / 1000 - record.durationUs),
      5.01,
      'durationUs',
    );
  }, 60_000);

  it('comes back from the forward passes of Dynamo', async () => {
    const { steps } = await imported(`forward-pass/${id}.000000.jsonl.gz`, { server });
    for (const name of ['prefillRequests', 'prefillTokens', 'decodeRequests', 'waitingDepth'] as const) {
      expectClose(
        steps![name],
        allSteps.map(({ record }) => record[name]),
        0,
        name,
      );
    }
    expectClose(
      steps!.durationUs,
      allSteps.map(({ record, cycleNs }, at) => {
        const isFirst = at === 0 || allSteps[at - 1]!.record.stepId + 1 < record.stepId;
        return cycleNs / 1000 - (isFirst ? record.durationUs : 0);
      }),
      NEAR_CLOCK_US,
      'durationUs',
    );
  }, 60_000);

  it('comes back from a table with names and units of its own', async () => {
    const map = join(tree, 'step-table', 'map.yaml');
    const { steps } = await imported(`step-table/${id}.csv`, { server, map });
    for (const [name, wanted] of Object.entries(truth.experiment.steps)) {
      // Scaled by a power of ten that a double does not hold.
      const tolerance = { kvUsageRatio: 1e-12, durationUs: 1e-6 }[name] ?? 0;
      expectClose(steps![name as 'stepId'], wanted, tolerance, name);
    }
  }, 60_000);
});
