/**
 * `npm run bench -- import`: how fast and in how much memory `evolve data import` reads a trace, the whole command. `--full` takes
 * traces of the size that the targets are for (2 GB line-wise, 1 GB as one document), `--megabytes N` any size, `--json` prints one
 * JSON document. Rates are per second of processor time too: they hold where other work is on the machine.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { hasZstd, type TraceForm, writeTrace } from './import-trace.ts';

const CLI = fileURLToPath(new URL('../bin/evolve.js', import.meta.url));
const RUN = '20260101-000000-llama-2-70b-tp4-general';
/** What a command used stands in the last line of its error output. */
const MEASURE = `data:text/javascript,process.on('exit',()=>{const{userCPUTime:u,systemCPUTime:s,maxRSS:m}=process.resourceUsage();process.stderr.write('\\n'+JSON.stringify({cpuSeconds:(u+s)/1e6,peakMb:m*1024/1e6}))})`;

const LEAST_RATE = 100;
/** The fastest of so many counts: what is above it is other work on the machine. */
const RUNS = 3;

interface Figure {
  readonly figure: string;
  /** Null where it cannot be measured here. */
  readonly value: number | null;
  readonly target: string;
  readonly ok: boolean;
}

interface Case {
  readonly form: TraceForm;
  readonly name: string;
  readonly file: string;
  /** Size at full length, bytes. */
  readonly full: number;
  readonly mostMb: number;
}

const CASES: readonly Case[] = [
  { form: 'lines', name: 'line-wise', file: 'traces.json', full: 2e9, mostMb: 300 },
  { form: 'gzip', name: 'line-wise, gzip', file: 'traces.json.gz', full: 2e9, mostMb: 300 },
  { form: 'framed-zstd', name: 'line-wise, framed zstd', file: 'traces.json', full: 2e9, mostMb: 300 },
  { form: 'document', name: 'one document', file: 'traces.json', full: 1e9, mostMb: 500 },
];

/** Runs the suite with the arguments behind its name. */
export function benchmarkImport(options: readonly string[]): void {
  const size = options.indexOf('--megabytes');
  const bytes = size < 0 ? 256e6 : 1e6 * Number(options[size + 1]);
  const figures = CASES.flatMap((each) => figuresOf(each, options.includes('--full') ? each.full : bytes));
  const load = loadavg()[0]!;
  figures.push({ figure: 'load of the machine, last minute', value: load, target: '', ok: true });
  if (options.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ suite: 'import', figures }, undefined, 2)}\n`);
    return;
  }
  const table = new Table({ head: ['figure', 'measured', 'target', ''], style: { head: [], border: [] } });
  for (const { figure, value, target, ok } of figures) {
    const shown = value === null ? 'not measured' : String(Number(value.toPrecision(3)));
    table.push([figure, shown, target, ok ? '' : 'MISSED']);
  }
  process.stdout.write(`${table.toString()}\n`);
  if (!hasZstd()) process.stdout.write('There is no zstd on the PATH, so nothing is packed by it.\n');
}

function figuresOf({ form, name, file, mostMb }: Case, bytes: number): readonly Figure[] {
  const label = `${name} ${Math.round(bytes / 1e6)} MB`;
  const used = form === 'framed-zstd' && !hasZstd() ? undefined : importTrace(form, file, bytes);
  const figure = (
    what: string,
    value: number | undefined,
    target: string,
    isOk: (value: number) => boolean,
  ): Figure => ({
    figure: `${label}: ${what}`,
    value: value ?? null,
    target,
    ok: value === undefined || isOk(value),
  });
  const isFast = (rate: number): boolean => rate >= LEAST_RATE;
  return [
    figure('MB per second of one core', used && used.megabytes / used.cpuSeconds, `≥ ${LEAST_RATE}`, isFast),
    figure('MB per second', used && used.megabytes / used.seconds, '', () => true),
    figure('peak memory, MB', used?.peakMb, `< ${mostMb}`, (mb) => mb < mostMb),
  ];
}

interface Used {
  readonly megabytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

function importTrace(form: TraceForm, file: string, bytes: number): Used {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-bench-'));
  try {
    process.stderr.write(`${form} …\n`);
    mkdirSync(join(folder, RUN));
    const megabytes = writeTrace(join(folder, RUN, file), form, bytes) / 1e6;
    const runs = Array.from({ length: RUNS }, () => timeImport(folder));
    const least = (of: (run: Omit<Used, 'megabytes'>) => number): number => Math.min(...runs.map(of));
    return {
      megabytes,
      seconds: least((run) => run.seconds),
      cpuSeconds: least((run) => run.cpuSeconds),
      peakMb: Math.max(...runs.map((run) => run.peakMb)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeImport(folder: string): Omit<Used, 'megabytes'> {
  const out = join(folder, 'data');
  rmSync(out, { recursive: true, force: true });
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', MEASURE, CLI, 'data', 'import', join(folder, RUN), '--out', out],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
  return { seconds, ...(JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as Pick<Used, 'cpuSeconds' | 'peakMb'>) };
}
