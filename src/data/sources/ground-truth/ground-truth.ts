import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError, withFile } from '../../../base/index.ts';
import { parseExperimentName } from './experiment-name.ts';
import { type KvEventLog, readKvEvents } from './kv-events.ts';
import { readReports } from './client-reports.ts';
import { readMeasuredLatency, SUMMARY_FILE } from './lifecycle.ts';
import { readLoadProfile } from './load-profile.ts';
import { readTraces } from '../../otlp/read-traces.ts';
import { traceFiles } from '../../otlp/trace-files.ts';
import { readParquet } from '../../files/parquet.ts';
import type { MeasuredLatency } from '../../dataset.ts';
import type { RequestColumns } from '../../requests.ts';
import type { ServerSettings } from '../../server-settings.ts';
import { CONFIG_FILE, readServerFacts } from './server-facts.ts';
import { FORMATS } from '../formats.ts';
import { ASSUMED_HARDWARE, type RawSteps, type RunRecords } from '../source.ts';
import type { RawColumns } from '../../steps/raw-columns.ts';
import { locateRecord } from '../../steps/steps.ts';

/** Step records without their traces. */
const STEPS = 'steps.parquet';
/** What the load generator logged of each request, and its format. */
const CLIENT_LOG = 'per_request_lifecycle_metrics.json';
const CLIENT_FORMAT = 'inference-perf';

const KV_LOG = 'kv_events.jsonl';

/** First day of the names of runs that are taken to be of vLLM 0.14, of January 2026, or later. */
const ASYNC_SINCE = '20260201';
const ASYNC_NOTE =
  'asynchronous scheduling is assumed: the version is not known, and vLLM has it by default since 0.14, of January 2026';

const NOTHING: Pick<RunRecords, 'steps' | 'requests' | 'notes'> = { notes: [] };

/** Whether a folder is an experiment, or holds some, by its name and theirs. */
export function isGroundTruth(folder: string): boolean {
  return isExperiment(basename(resolve(folder))) || namesIn(folder).some(isExperiment);
}

/**
 * Reads a ground-truth folder tree: one folder for each experiment, named `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`,
 * or one such folder itself. Folders without step records give summary-only experiments, with their measured latency.
 *
 * @param onNote called for each folder that is no experiment.
 * @throws UserError on the first thing that is broken, with its file and place: half an import would look like a whole one.
 */
export async function readGroundTruth(source: string, onNote?: (line: string) => void): Promise<readonly RunRecords[]> {
  const runs: RunRecords[] = [];
  for (const folder of experimentFolders(source, onNote)) runs.push(await readExperiment(folder));
  return runs;
}

function experimentFolders(source: string, onNote: ((line: string) => void) | undefined): readonly string[] {
  if (isExperiment(basename(resolve(source)))) return [source];
  const names = namesIn(source);
  for (const name of names.filter((other) => !isExperiment(other))) {
    onNote?.(`${join(source, name)}: left out, its name is not YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`);
  }
  return names.filter(isExperiment).map((name) => join(source, name));
}

function isExperiment(name: string): boolean {
  return parseExperimentName(name) !== undefined;
}

function namesIn(folder: string): readonly string[] {
  return withFile(folder, () => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
}

async function readExperiment(folder: string): Promise<RunRecords> {
  const id = basename(resolve(folder));
  const { model, tp, workload } = parseExperimentName(id)!;
  const records = await readRecords(folder);
  const summary = join(folder, 'results', SUMMARY_FILE);
  const measured = existsSync(summary) ? readMeasuredLatency(summary) : undefined;
  if (records.steps === undefined && records.requests === undefined && measured === undefined) {
    throw new UserError({
      code: 'data.empty-experiment',
      place: { file: folder },
      problem: `neither step records (${STEPS} or traces.json) nor measured latency (${join('results', SUMMARY_FILE)})`,
      mend: 'Copy the folder again from the run, or remove it',
    });
  }
  const server = await readServer(folder, model, tp);
  const isAsync = isAssumedAsync(id, server.settings);
  return {
    id,
    model,
    workload,
    tp,
    place: folder,
    assumed: { hardware: ASSUMED_HARDWARE, ...(isAsync && { settings: { asyncScheduling: true } }) },
    ...server,
    ...records,
    notes: [...records.notes, ...(isAsync ? [ASYNC_NOTE] : [])],
    ...(measured && { measured }),
    ...readClients(folder, measured),
  };
}

/** Whether nothing says how steps are scheduled, and the run is of a time when vLLM had come to schedule them asynchronously. */
function isAssumedAsync(id: string, { engineVersion, asyncScheduling }: ServerSettings): boolean {
  return engineVersion === undefined && asyncScheduling === undefined && id >= ASYNC_SINCE;
}

/** What the load generator was told to send, and what it reported of that. */
function readClients(folder: string, measured: MeasuredLatency | undefined): Pick<RunRecords, 'load' | 'reports'> {
  const load = readLoadProfile(folder, measured?.meanPromptTokens);
  const reports = load && readReports(folder, load.outputTokens);
  return { ...(load && { load }), ...(reports && { reports }) };
}

/** Traces say most; what they do not hold, a table of steps or the client's log may have. */
async function readRecords(folder: string): Promise<Pick<RunRecords, 'steps' | 'requests' | 'kvEvents' | 'notes'>> {
  const files = traceFiles(folder);
  const { steps, requests, notes } = files.length > 0 ? await readTraces(files) : NOTHING;
  const isTraced = steps !== undefined && recordCount(steps.columns) > 0;
  const ownSteps = isTraced ? steps : ((await readStepTable(join(folder, STEPS))) ?? steps);
  const ownRequests = requests ?? (await readClientLog(join(folder, 'results', CLIENT_LOG)));
  const kvEvents = await readKvLog(join(folder, KV_LOG));
  return {
    ...(ownSteps && { steps: ownSteps }),
    ...(ownRequests && { requests: ownRequests }),
    ...(kvEvents && { kvEvents }),
    notes: [...notes, ...(kvEvents?.notes ?? [])],
  };
}

async function readKvLog(path: string): Promise<KvEventLog | undefined> {
  return existsSync(path) ? readKvEvents(path) : undefined;
}

async function readStepTable(path: string): Promise<RawSteps | undefined> {
  return existsSync(path) ? { file: path, columns: await readParquet(path), locate: locateRecord(path) } : undefined;
}

async function readClientLog(path: string): Promise<RequestColumns | undefined> {
  const format = FORMATS.find(({ name }) => name === CLIENT_FORMAT);
  if (format === undefined || !existsSync(path)) return undefined;
  return (await format.read(path))[0]?.requests;
}

function recordCount(columns: RawColumns): number {
  return [...columns.values()][0]?.length ?? 0;
}

/** What the server was started with; the folder's name stands in where there is no exp-config.yaml. */
async function readServer(
  folder: string,
  model: string,
  tp: number,
): Promise<Pick<RunRecords, 'servedModel' | 'blockSize' | 'settings'>> {
  const { model: servedModel = model, tp: configured = tp, ...server } = await readServerFacts(folder);
  if (configured === tp) return { servedModel, ...server };
  throw new UserError({
    code: 'data.contradiction',
    place: { file: join(folder, CONFIG_FILE), at: 'tensor_parallelism' },
    problem: `is ${configured}, but the folder's name says tp${tp}`,
    mend: 'Correct the one that is wrong',
  });
}
