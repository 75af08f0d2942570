import { UserError } from '../../base/index.ts';
import type { TableColumns } from '../steps/raw-columns.ts';

/** Columns without which a table has no serving points. */
export const REQUIRED = ['model_path', 'system', 'backend', 'isl', 'osl', 'batch_size', 'tp_size'] as const;
export const TTFT_NAMES = ['silicon_ttft_ms', 'ttft_ms'] as const;
const TPOT_NAMES = ['silicon_tpot_ms', 'tpot_ms'] as const;

/** A serving point as its row says it. */
export interface PointRow {
  readonly model: string;
  readonly system: string;
  readonly engine: string;
  readonly version: string;
  readonly precision: string;
  /** Types of weights: of all products, and of experts. */
  readonly type: string;
  readonly expertType: string;
  /** Clients of all ranks; undefined where nothing says it. */
  readonly concurrency: number | undefined;
  /** Clients of a rank. */
  readonly batchSize: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly leastShare: number;
  /** GPUs of a rank. */
  readonly tp: number;
  readonly pp: number;
  readonly dp: number;
  /** GPUs that share each expert, and parts that all experts are divided into. */
  readonly expertTp: number | undefined;
  readonly expertEp: number | undefined;
  readonly ttftUs: number;
  readonly tpotUs: number;
}

/** Lengths of InferenceX: uniform between this share of what is named and all of it. */
const INFERENCE_X_SHARE = 0.8;
/** Where rows come from a dump of its database: it is named so, or for its day. */
const INFERENCE_X = /^(?:db-dump\/|source_file=\d{4}-\d\d-\d\d\.csv)/;
const US_OF_MS = 1000;

/** @throws UserError where a cell is not the number that it should be. */
export function pointRow(table: TableColumns, row: number): PointRow {
  const text = (name: string): string => textOf(table.columns.get(name)?.[row]).trim();
  const whole = (name: string): number => wholeNumber(table, row, name, text(name));
  const ifAny = (name: string): number | undefined => (text(name) === '' ? undefined : whole(name));
  const ms = (names: readonly string[]): number => {
    const name = names.find((each) => table.columns.has(each)) ?? names[0]!;
    return US_OF_MS * positive(table, row, name, text(name));
  };
  const origin = text('silicon_data_source');
  const said = /(?:^|[;\s])silicon_concurrency=(\d+)/.exec(origin)?.[1];
  return {
    model: text('model_path'),
    system: text('system'),
    engine: text('backend'),
    version: text('backend_version'),
    precision: text('precision'),
    type: text('gemm_quant_mode'),
    expertType: text('moe_quant_mode'),
    concurrency: ifAny('concurrency') ?? (said === undefined ? undefined : Number(said)),
    batchSize: whole('batch_size'),
    promptTokens: whole('isl'),
    outputTokens: whole('osl'),
    leastShare: INFERENCE_X.test(origin) ? INFERENCE_X_SHARE : 1,
    tp: whole('tp_size'),
    pp: ifAny('pp_size') ?? 1,
    dp: ifAny('attention_dp_size') ?? 1,
    expertTp: ifAny('moe_tp_size'),
    expertEp: ifAny('moe_ep_size'),
    ttftUs: ms(TTFT_NAMES),
    tpotUs: ms(TPOT_NAMES),
  };
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}

function wholeNumber(table: TableColumns, row: number, name: string, text: string): number {
  const value = positive(table, row, name, text);
  if (Number.isSafeInteger(value)) return value;
  throw wrongCell(table, row, name, `\`${text}\` is not a whole number`);
}

function positive(table: TableColumns, row: number, name: string, text: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw wrongCell(table, row, name, text === '' ? 'the cell is empty' : `\`${text}\` is not a positive number`);
}

function wrongCell(table: TableColumns, row: number, name: string, problem: string): UserError {
  return new UserError({
    code: 'data.bad-cells',
    place: table.locate(row, name),
    problem,
    mend: 'Correct the cell or remove its row',
  });
}
