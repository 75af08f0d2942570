import { groupBy } from '../../base/index.ts';
import { hardware, STEP_COLUMNS } from '../../physics/index.ts';
import { READ_COLUMNS } from '../steps/column-names.ts';
import { isParquet, parquetFooter, readParquet } from '../files/parquet.ts';
import type { RawColumns } from '../steps/raw-columns.ts';
import { locateRecord } from '../steps/steps.ts';
import { engineArguments } from './engine-arguments.ts';
import type { RunRecords, SourceFormat } from './source.ts';

/** What makes a table one of these. */
const COLUMNS = ['workload_kind', 'batch_size', 'total_prefill_tokens', 'total_kv_read_tokens', 'latency_ms'] as const;
/** What tells two set-ups apart; a table has those of its version. */
const IDENTITY = [
  'model_path',
  'system',
  'backend',
  'backend_version',
  'weight_quantization',
  'gemm_quant_mode',
  'moe_quant_mode',
  'fmha_quant_mode',
  'comm_quant_mode',
  'kv_cache_dtype',
  'tp',
  'pp',
  'dp',
  'moe_tp',
  'moe_ep',
  'cp',
  'moe_backend',
  'attention_backend',
  'enable_wideep',
  'enable_eplb',
] as const;
const PREFILL = 'prefill';

/**
 * Measured forward passes of whole models, as AIConfigurator collects them (`fpm_forward_perf`, Parquet): a grid of batches that
 * prefill or decode, tokens and contexts summed over the requests of a rank, one sample of the slowest rank each. The rows of a
 * set-up are an experiment.
 *
 * Source: ai-dynamo/aiconfigurator, `collector/fpm_forward/database.py` (schema version 6) and `docs/fpm/`.
 */
export const fpmPerf: SourceFormat = {
  name: 'fpm-perf',
  meaning: "AIConfigurator's measured forward passes, Parquet",
  recognises: ({ path, bytes }) => {
    const names = (isParquet(bytes) ? parquetFooter(path) : undefined)?.names ?? [];
    return COLUMNS.every((name) => names.includes(name));
  },
  read: async (path) => runsOf(path, await readParquet(path)),
};

function runsOf(path: string, columns: RawColumns): readonly RunRecords[] {
  const rows = Array.from(columns.get('latency_ms')!, (_, row) => row);
  const groups = groupBy(rows, (row) => JSON.stringify(IDENTITY.map((name) => textOf(columns.get(name)?.[row]))));
  const taken = new Map<string, number>();
  return [...groups.values()].map((own) => {
    const run = runOf(path, columns, own);
    const before = taken.get(run.id) ?? 0;
    taken.set(run.id, before + 1);
    return before === 0 ? run : { ...run, id: `${run.id}-${before + 1}` };
  });
}

function runOf(path: string, columns: RawColumns, rows: readonly number[]): RunRecords & { readonly id: string } {
  const label = (name: (typeof IDENTITY)[number]): string => textOf(columns.get(name)?.[rows[0]!]);
  const isPrefill = rows.map((row) => columns.get('workload_kind')![row] === PREFILL);
  const column = (name: string, when: (at: number) => boolean = () => true): unknown[] =>
    rows.map((row, at) => (when(at) ? columns.get(name)![row] : 0));
  const backend = label('backend');
  const { settings, tp } = engineArguments({
    tp: label('tp'),
    pp_size: label('pp'),
    dp_size: label('dp'),
    enable_expert_parallel: Number(label('moe_ep')) > 1 ? 'true' : undefined,
    engine: backend,
    engine_version: label('backend_version'),
  });
  const model = label('model_path');
  const system = label('system');
  const parts = ['dp', 'pp', 'moe_ep'] as const;
  const sizes = parts.flatMap((name) => (Number(label(name)) > 1 ? [`${name.replace('moe_', '')}${label(name)}`] : []));
  return {
    id: [model.split('/').at(-1), system, backend, `tp${tp ?? 1}`, ...sizes].filter(Boolean).join('-').toLowerCase(),
    place: path,
    ...(model !== '' && { model }),
    ...(isKnown(system) && { hardware: system }),
    ...(tp !== undefined && { tp }),
    workload: 'fpm',
    settings,
    steps: {
      file: path,
      columns: new Map<string, unknown[]>([
        [STEP_COLUMNS.durationUs, column('latency_ms').map((cell) => (typeof cell === 'number' ? 1000 * cell : cell))],
        [STEP_COLUMNS.prefillRequests, column('batch_size', (at) => isPrefill[at]!)],
        [STEP_COLUMNS.prefillTokens, column('total_prefill_tokens')],
        [STEP_COLUMNS.decodeRequests, column('batch_size', (at) => !isPrefill[at]!)],
        [STEP_COLUMNS.decodeTokens, column('batch_size', (at) => !isPrefill[at]!)],
        [READ_COLUMNS.kvTokens, column('total_kv_read_tokens')],
      ]),
      locate: locateRecord(path, rows),
    },
    notes: [
      ...(system === '' || isKnown(system) ? [] : [`its system \`${system}\` is none of the known accelerators`]),
      'durations: wall time of the slowest rank, from the schedule of a batch to the update with its result, one sample each',
      'its rows are a grid of batches, not a run: training and test rows differ in the sizes of their batches',
    ],
  };
}

function isKnown(system: string): boolean {
  try {
    return hardware(system).name !== '';
  } catch {
    return false;
  }
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean'
    ? String(cell)
    : '';
}
