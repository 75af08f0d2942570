import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readText, UserError } from '../../base/index.ts';
import type { Architecture, Hardware } from '../../physics/index.ts';
import { bilinear, linear, type Point, withoutZeros } from './interpolate.ts';
import type { Mfu } from './mfu.ts';

type Row = Readonly<Record<string, number>>;

/** Heads, key-value heads and head size of a kernel's file name. */
interface Shape {
  readonly file: string;
  readonly dimensions: readonly number[];
  readonly tp: number | undefined;
}

const MEND =
  'Give the bench_data folder: gemm/<hardware>/data.csv, mha/prefill/<hardware>/ and mha/decode/<hardware>/.';

/**
 * Measured kernel efficiencies: a folder with `gemm/<hardware>/data.csv` (m, k, n, mfu), `mha/prefill/<hardware>/H-Hkv-dh.csv`
 * (seq_len, mfu) and `mha/decode/<hardware>/H-Hkv-dh-tpN.csv` (batch_size, kv_len, mfu).
 *
 * A product takes the nearest measured weight with both sides at least as large, else the largest, linear in m. Attention takes
 * the nearest shape; prefill is linear in its length, decode bilinear in batch and context, from the file of the same
 * parallelism, else that of one GPU. All are clamped at the ends, and a value that was rounded to zero gives way to the nearest
 * one that was not.
 *
 * @throws UserError where a file is missing or is not such a table.
 */
export function readMfu(folder: string, hardware: Hardware): Mfu {
  const name = hardware.name.toLowerCase();
  const gemms = readGemms(join(folder, 'gemm', name, 'data.csv'));
  const prefill = new ShapeTables(join(folder, 'mha', 'prefill', name), ['seq_len']);
  const decode = new ShapeTables(join(folder, 'mha', 'decode', name), ['batch_size', 'kv_len']);
  return {
    source: `${folder}, ${name}`,
    gemm: (_, m, k, n) => linear(nearestGemm(gemms, k, n), m),
    decodeAttention: (architecture, tp, batch, context) => bilinear(decode.table(architecture, tp), batch, context),
    prefillAttention: (architecture, tokens) => linear(prefill.table(architecture, undefined), tokens),
  };
}

interface Gemm {
  readonly k: number;
  readonly n: number;
  readonly points: readonly Point[];
}

function readGemms(file: string): readonly Gemm[] {
  const byShape = new Map<string, { k: number; n: number; points: Point[] }>();
  for (const { m, k, n, mfu } of readRows(file, ['m', 'k', 'n', 'mfu'])) {
    const shape = byShape.get(`${k}-${n}`) ?? { k: k!, n: n!, points: [] };
    byShape.set(`${k}-${n}`, shape);
    shape.points.push({ at: [m!], value: mfu! });
  }
  return [...byShape.values()].map((shape) => ({ ...shape, points: withoutZeros(shape.points) }));
}

function nearestGemm(gemms: readonly Gemm[], k: number, n: number): readonly Point[] {
  const covering = gemms.filter((gemm) => gemm.k >= k && gemm.n >= n);
  const distance = (gemm: Gemm): number => Math.hypot(gemm.k - k, gemm.n - n);
  const chosen =
    covering.length > 0
      ? covering.reduce((best, gemm) => (distance(gemm) < distance(best) ? gemm : best))
      : gemms.reduce((best, gemm) => (gemm.k * gemm.n > best.k * best.n ? gemm : best));
  return chosen.points;
}

/** The tables of one kind of attention kernel; read when they are first asked for. */
class ShapeTables {
  readonly #folder: string;
  readonly #axes: readonly string[];
  readonly #shapes: readonly Shape[];
  readonly #tables = new Map<string, readonly Point[]>();

  constructor(folder: string, axes: readonly string[]) {
    this.#folder = folder;
    this.#axes = axes;
    this.#shapes = (existsSync(folder) ? readdirSync(folder).sort() : []).flatMap((file) => {
      const match = /^(\d+)-(\d+)-(\d+)(?:-tp(\d+))?\.csv$/.exec(file);
      if (match === null) return [];
      const [, heads, kvHeads, headSize, tp] = match;
      const dimensions = [heads, kvHeads, headSize].map(Number);
      return [{ file, dimensions, tp: tp === undefined ? undefined : Number(tp) }];
    });
    if (this.#shapes.length === 0) throw refusal(folder, 'no kernel tables in it');
  }

  table({ heads, kvHeads, headSize }: Architecture, tp: number | undefined): readonly Point[] {
    const wanted = [heads, kvHeads, headSize];
    const distance = ({ dimensions }: Shape): number => Math.hypot(...wanted.map((w, i) => w - dimensions[i]!));
    const nearest = Math.min(...this.#shapes.map(distance));
    const shapes = this.#shapes.filter((shape) => distance(shape) === nearest);
    const shape = shapes.find((each) => each.tp === tp) ?? shapes.find((each) => each.tp === 1) ?? shapes[0]!;
    const known = this.#tables.get(shape.file);
    if (known !== undefined) return known;
    const rows = readRows(join(this.#folder, shape.file), [...this.#axes, 'mfu']);
    const points = withoutZeros(rows.map((row) => ({ at: this.#axes.map((axis) => row[axis]!), value: row['mfu']! })));
    this.#tables.set(shape.file, points);
    return points;
  }
}

function readRows(file: string, columns: readonly string[]): readonly Row[] {
  let records: readonly Readonly<Record<string, string>>[];
  try {
    records = parse(readText(file), { columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw refusal(file, error instanceof UserError ? error.problem : (error as Error).message);
  }
  const rows = records.map((record, at) =>
    Object.fromEntries(
      columns.map((column) => {
        const cell = record[column];
        const value = cell === undefined || cell === '' ? Number.NaN : Number(cell);
        if (!Number.isFinite(value)) throw refusal(file, `record ${at + 1} has no number \`${column}\``);
        return [column, value];
      }),
    ),
  );
  if (rows.length === 0) throw refusal(file, 'no records in it');
  return rows;
}

function refusal(file: string, problem: string): UserError {
  return new UserError({ code: 'baselines.no-mfu', place: { file }, problem, mend: MEND });
}
