import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { checkLine } from '../../files/json-file.ts';
import { readLines } from '../../files/lines.ts';
import { KV_EVENT_NAMES, type KvEventColumn, type KvEvents } from '../../kv-events.ts';

/** Blocks by step id. */
export interface KvEventLog {
  readonly steps: ReadonlyMap<number, Readonly<Record<KvEventColumn, number>>>;
  readonly notes: readonly string[];
}

const LINE: DocumentKind<
  readonly [number, readonly unknown[], (number | null | undefined)?, (number | null | undefined)?]
> = {
  schema: z.tuple([z.number(), z.array(z.unknown()), z.number().nullish(), z.number().nullish()]),
  code: 'data.wrong-kv-event',
  mend: 'Copy the file again from the run, or remove the line',
};

const GPU = 'GPU';
const CPU = 'CPU';

/** Which column an event counts in, how many blocks it is of, and in which step where it says so itself. */
interface Counted {
  readonly column: KvEventColumn;
  readonly blocks: number;
  readonly step?: number;
}

/** By the name of the event, which stands first; what is not here moves no blocks of the GPU. */
const EVENTS: Readonly<Record<string, (fields: readonly unknown[]) => Counted | undefined>> = {
  // hashes, parent, tokens, block size, adapter, medium: absent before vLLM had others than the GPU.
  BlockStored: (fields) => (isOnGpu(fields[6]) ? { column: 'storedBlocks', blocks: sizeOf(fields[1]) } : undefined),
  // hashes, medium
  BlockRemoved: (fields) => (isOnGpu(fields[2]) ? { column: 'removedBlocks', blocks: sizeOf(fields[1]) } : undefined),
  // id, request, from, to, blocks, step
  TransferInitiated: ([, , , from, to, blocks, step]) => {
    const column = from === GPU && to === CPU ? 'toCpuBlocks' : from === CPU && to === GPU ? 'toGpuBlocks' : undefined;
    return column && { column, blocks: sizeOf(blocks), ...(typeof step === 'number' && { step }) };
  },
};

function isOnGpu(medium: unknown): boolean {
  return medium === undefined || medium === null || medium === GPU;
}

function sizeOf(blocks: unknown): number {
  if (Array.isArray(blocks)) return blocks.length;
  return typeof blocks === 'number' ? blocks : 0;
}

/**
 * Reads `kv_events.jsonl`, one batch of events a line: `[ts, [events], dp_rank, scheduler_step]`. Transfers are logged by both sides:
 * one of the same id and name as another is left out.
 *
 * @throws UserError that names the line, where one is no such batch.
 */
export async function readKvEvents(path: string): Promise<KvEventLog> {
  const steps = new Map<number, Record<KvEventColumn, number>>();
  const transfers = new Set<string>();
  const ranks = new Set<number>();
  let repeated = 0;
  for await (const { text, number } of readLines(path)) {
    if (text.trim() === '') continue;
    const [, events, rank, step] = checkLine(text, path, number, LINE);
    ranks.add(rank ?? 0);
    for (const event of events) {
      if (!Array.isArray(event)) continue;
      const fields: readonly unknown[] = event;
      const name = String(fields[0]);
      if (name.startsWith('Transfer')) {
        const transfer = `${name}:${String(fields[1])}`;
        if (transfers.has(transfer)) {
          repeated++;
          continue;
        }
        transfers.add(transfer);
      }
      const counted = EVENTS[name]?.(fields);
      const at = counted?.step ?? step;
      if (counted === undefined || typeof at !== 'number') continue;
      const counts = steps.get(at) ?? { storedBlocks: 0, removedBlocks: 0, toCpuBlocks: 0, toGpuBlocks: 0 };
      counts[counted.column] += counted.blocks;
      steps.set(at, counts);
    }
  }
  if (ranks.size > 1) {
    return { steps: new Map(), notes: [`KV events of ${ranks.size} ranks whose steps have the same ids: left out`] };
  }
  return { steps, notes: repeated > 0 ? [`${repeated} KV transfers were logged twice: counted once`] : [] };
}

/** The columns of step records; undefined where no event is of one of them. */
export function kvEventColumns({ steps }: KvEventLog, stepIds: Float64Array): KvEvents | undefined {
  if (!stepIds.some((id) => steps.has(id))) return undefined;
  const columns = KV_EVENT_NAMES.map((name) => [name, stepIds.map((id) => steps.get(id)?.[name] ?? 0)] as const);
  return Object.freeze(Object.fromEntries(columns)) as KvEvents;
}
