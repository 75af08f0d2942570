import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readText, readYaml, withFile } from '../../../base/index.ts';
import { readItlCsv } from './blis-trace-csv.ts';

/** What is read of a trace's header. */
interface TraceHeader {
  /** `real`, `generated` or `replayed`. */
  readonly mode?: string | null | undefined;
  readonly server?: Readonly<Record<string, unknown>> | null | undefined;
}

const HEADER: DocumentKind<TraceHeader> = {
  schema: z.object({
    trace_version: z.number().int(),
    mode: z.string().nullish(),
    server: z.record(z.string(), z.unknown()).nullish(),
  }),
  code: 'data.wrong-trace-header',
  mend: 'Copy the header again from the run',
};

function baseOf(path: string): string {
  return path.replace(/\.csv(?:\.\w+)?$/i, '');
}

/** Times of stream events, as `blis observe` calls the file. */
export function itlFile(path: string): string {
  return `${baseOf(path)}.itl.csv`;
}

/** Headers of a trace: the one of its name, else all in the folder. */
export function headersBeside(path: string): readonly string[] {
  const own = ['.yaml', '.yml'].map((ending) => baseOf(path) + ending).filter((file) => existsSync(file));
  if (own.length > 0) return own.slice(0, 1);
  const folder = dirname(path);
  return withFile(folder, () => readdirSync(folder))
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => /^trace_version:/m.test(readText(file)));
}

/**
 * Reads the header of a trace where there is no doubt which it is.
 *
 * @throws UserError where it is none.
 */
export function readHeader(path: string): {
  readonly header: TraceHeader | undefined;
  readonly notes: readonly string[];
} {
  const [first, ...others] = headersBeside(path);
  if (first !== undefined && others.length === 0) return { header: readYaml(first, HEADER), notes: [] };
  return {
    header: undefined,
    notes: [
      first === undefined
        ? 'no header beside it (a YAML file with `trace_version`): nothing is known of the server'
        : `${others.length + 1} headers beside it, none of its name: none is read`,
    ],
  };
}

/** When the stream events of each request came, µs, by its id; nothing where they were not recorded. */
export async function eventsBeside(path: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const file = itlFile(path);
  if (!existsSync(file)) return new Map();
  const byRequest = await readItlCsv(file);
  return new Map([...byRequest].map(([id, events]) => [id, inOrder(events)]));
}

/** Times by their index; lines are in that order but where streams were written side by side. */
function inOrder({
  index,
  time,
}: {
  readonly index: readonly number[];
  readonly time: readonly number[];
}): readonly number[] {
  if (index.every((one, at) => at === 0 || one >= index[at - 1]!)) return time;
  const order = index.map((_, at) => at).sort((a, b) => index[a]! - index[b]!);
  return order.map((at) => time[at]!);
}
