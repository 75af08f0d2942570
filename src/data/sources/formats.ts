import { extname } from 'node:path';
import { UserError } from '../../base/index.ts';
import type { FileHead } from '../files/file-head.ts';
import { otlpTraces } from '../otlp/trace-format.ts';
import { aiperf } from './request-logs/aiperf.ts';
import { blisTrace } from './request-logs/blis-trace.ts';
import { genaiPerf } from './request-logs/genai-perf.ts';
import { guidellm } from './request-logs/guidellm.ts';
import { inferencePerf } from './request-logs/inference-perf.ts';
import { sglangBench } from './request-logs/sglang-bench.ts';
import { sglangServerLog } from './request-logs/sglang-server-log.ts';
import { vllmBench } from './request-logs/vllm-bench.ts';
import { fpm } from './fpm.ts';
import { fpmPerf } from './fpm-perf.ts';
import { servingSim } from './request-logs/serving-sim.ts';
import { servingPoints } from './serving-points.ts';
import type { SourceFormat } from './source.ts';
import { csvTable, jsonTable, parquetTable } from './tables/table.ts';
import { vllmIterations } from './vllm-iterations.ts';

/** Every format that can be imported. A file is of the first one that recognises it. */
export const FORMATS: readonly SourceFormat[] = [
  servingSim,
  otlpTraces,
  vllmBench,
  sglangBench,
  guidellm,
  inferencePerf,
  blisTrace,
  aiperf,
  genaiPerf,
  sglangServerLog,
  vllmIterations,
  fpm,
  fpmPerf,
  servingPoints,
  parquetTable,
  csvTable,
  jsonTable,
];

/** The format that the content of a file shows; undefined where none does. */
export function recognisedFormat(head: FileHead): SourceFormat | undefined {
  return FORMATS.find((format) => format.recognises(head));
}

/** The format that the name of a file shows. */
export function formatByExtension(path: string): SourceFormat | undefined {
  const ending = endingOf(path);
  return FORMATS.find(({ extensions = [] }) => extensions.includes(ending));
}

/** The format of a table with columns of any name, by the name of its file. */
export function tableByExtension(path: string): SourceFormat | undefined {
  const ending = endingOf(path);
  return FORMATS.find(({ mapped }) => mapped?.extensions.includes(ending) === true);
}

/** Without that of a packing. */
function endingOf(path: string): string {
  return extname(path.replace(/\.(gz|zst)$/i, '')).toLowerCase();
}

/** @throws UserError where no format has the name. */
export function formatByName(name: string): SourceFormat {
  const named = FORMATS.find((format) => format.name === name);
  if (named !== undefined) return named;
  throw new UserError({
    code: 'data.no-such-format',
    problem: `no format is called \`${name}\``,
    mend: `Use one of ${FORMATS.map((format) => format.name).join(', ')}`,
  });
}
