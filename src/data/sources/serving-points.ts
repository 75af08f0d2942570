import { enumeration, groupBy, UserError } from '../../base/index.ts';
import { createRandom } from '../../numeric/index.ts';
import { canonicalModelName, deploymentName, type ServedType } from '../../physics/index.ts';
import { readCsv } from '../files/csv.ts';
import { type LeftOutPoints, type LeftOutRule, sumOfLeftOut } from '../points/left-out.ts';
import { pointColumns } from '../points/points.ts';
import type { TableColumns } from '../steps/raw-columns.ts';
import { type PointRow, pointRow, REQUIRED, TTFT_NAMES } from './point-rows.ts';
import type { RunRecords, SourceFormat } from './source.ts';

/** Of the order in which points come to their splits. */
const SEED = 1;
/** GPUs of a usual server; more of them share a model over a network, or by a deployment of many ranks. */
const GPUS_OF_A_SERVER = 8;
/** Queueing: as of reports, where waiting for the first token takes more than half of all. */
const MOST_WAITING = 0.5;
/** Token budget of a step by default of vLLM and TensorRT-LLM, and chunk of a prompt of SGLang, on GPUs of servers. */
const TOKEN_BUDGET = 8192;

/**
 * Serving points in CSV: a row for each load of clients in closed loop, with the means that were measured of it, as AIConfigurator's
 * evaluation collects them. The rows of a model, its deployment, engine and types on one kind of GPU are an experiment.
 *
 * Source: ai-dynamo/aiconfigurator, `silicon_sample.csv`; InferenceX, from which most of its rows are.
 */
export const servingPoints: SourceFormat = {
  name: 'serving-points',
  meaning: 'measured serving points: mean TTFT and TPOT of clients in closed loop, CSV, one a row',
  recognises: ({ text }) => {
    const names = (text.split('\n', 1)[0] ?? '').split(',').map((name) => name.trim().replaceAll('"', ''));
    return REQUIRED.every((name) => names.includes(name)) && TTFT_NAMES.some((name) => names.includes(name));
  },
  read: async (path) => runsOf(path, await readCsv(path)),
};

function runsOf(path: string, table: TableColumns): readonly RunRecords[] {
  const count = table.columns.get(REQUIRED[0])?.length ?? 0;
  const rows = Array.from({ length: count }, (_, row) => pointRow(table, row));
  const distinct = distinctRows(rows);
  const judged = distinct.map((row) => ({ row, rule: unusable(row) }));
  const usable = judged.flatMap(({ row, rule }) => (rule === undefined ? [row] : []));
  if (usable.length === 0) {
    throw new UserError({
      code: 'data.no-points',
      place: { file: path },
      problem: `none of its ${count} points can be used: ${enumeration([...new Set(judged.flatMap(({ rule }) => rule ?? []))])}`,
      mend: 'Give points of loads with a known number of clients, of one server each',
    });
  }
  const leftOut = sumOfLeftOut([
    count > distinct.length ? { duplicate: count - distinct.length } : undefined,
    ...judged.flatMap(({ rule }): LeftOutPoints[] => (rule === undefined ? [] : [{ [rule]: 1 }])),
  ]);
  return [...groupBy(usable, idOf)].map(([id, own], at) => ({
    ...runOf(id, path, own),
    ...(at === 0 && leftOut && { leftOut }),
  }));
}

/**
 * Each measurement once: equal times of equal loads on equal hardware are one, whatever model or deployment their labels name. Of
 * several labels the one with the fewest GPUs is taken, since exports multiply parallelisms that are of the same GPUs.
 */
function distinctRows(rows: readonly PointRow[]): readonly PointRow[] {
  const same = groupBy(rows, ({ system, concurrency, promptTokens, outputTokens, ttftUs, tpotUs }) =>
    [system, concurrency, promptTokens, outputTokens, ttftUs, tpotUs].join(' '),
  );
  return [...same.values()].map((all) => all.reduce((best, row) => (gpusOf(row) < gpusOf(best) ? row : best)));
}

function gpusOf({ tp, pp, dp }: PointRow): number {
  return tp * pp * dp;
}

function unusable(row: PointRow): LeftOutRule | undefined {
  const { concurrency, batchSize, dp, ttftUs, tpotUs, outputTokens } = row;
  if (concurrency === undefined || concurrency < dp || batchSize !== Math.floor(concurrency / dp)) return 'no-load';
  if (gpusOf(row) > GPUS_OF_A_SERVER) return 'beyond-a-node';
  const { tp, expertTp, expertEp } = row;
  if (
    expertTp !== undefined &&
    expertEp !== undefined &&
    expertTp * expertEp !== tp * dp &&
    expertTp * expertEp !== 1
  ) {
    return 'impossible-deployment';
  }
  if (ttftUs > MOST_WAITING * (ttftUs + tpotUs * (outputTokens - 1))) return 'queueing';
  return undefined;
}

/** What engines call types of weights. */
const WEIGHTS: Readonly<Record<string, ServedType>> = {
  fp8: 'fp8',
  fp8_block: 'fp8',
  nvfp4: 'nvfp4',
  fp4: 'nvfp4',
  int4: 'int4',
  int4_wo: 'int4',
  int8: 'int8',
  mxfp4: 'mxfp4',
};

function weightsOf({ expertType, type, precision }: PointRow): ServedType | undefined {
  return WEIGHTS[expertType] ?? WEIGHTS[type] ?? WEIGHTS[precision];
}

function isExpertParallel({ expertEp = 1 }: PointRow): boolean {
  return expertEp > 1;
}

function idOf(row: PointRow): string {
  const { model, system, engine, tp, pp, dp } = row;
  const spread = deploymentName({
    tensorParallelism: tp,
    pipelineParallelism: pp,
    dataParallelism: dp,
    ...(isExpertParallel(row) && { expertParallel: true }),
  });
  return [canonicalModelName(model), system, engine, spread, weightsOf(row) ?? row.precision]
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase();
}

function runOf(id: string, path: string, rows: readonly PointRow[]): RunRecords {
  const [first] = rows as [PointRow];
  const { model, system, engine, tp, pp, dp } = first;
  const weights = weightsOf(first);
  const base = model.replace(/-(?:nv|mx)?fp[48]$/i, '');
  const versions = new Set(rows.map(({ version }) => version));
  const points = rows.map(({ concurrency, promptTokens, outputTokens, leastShare, ttftUs, tpotUs }) => ({
    clients: concurrency! / dp,
    promptTokens,
    outputTokens,
    leastShare,
    ttftUs,
    tpotUs,
  }));
  return {
    id,
    place: path,
    model,
    ...(base !== model && { baseModel: base }),
    hardware: system,
    tp,
    workload: 'points',
    settings: {
      ...(engine !== '' && { engine }),
      ...(versions.size === 1 && first.version !== '' && { engineVersion: first.version }),
      maxNumSeqs: Math.ceil(Math.max(...points.map(({ clients }) => clients))),
      maxNumBatchedTokens: TOKEN_BUDGET,
      ...(pp > 1 && { pipelineParallel: pp }),
      ...(dp > 1 && { dataParallel: dp }),
      ...(isExpertParallel(first) && { expertParallel: true }),
      ...(weights && { weights }),
    },
    points: pointColumns(createRandom(SEED).split('points', id).shuffle(points)),
    notes: [],
  };
}
