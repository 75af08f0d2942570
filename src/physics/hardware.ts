import { z } from 'zod';
import { type DocumentKind, readYaml } from '../base/index.ts';
import type { ComputeType } from './precision.ts';

/** Peak figures of one accelerator. */
export interface Hardware {
  readonly name: string;
  /** Other names that it goes by. */
  readonly aliases?: readonly string[];
  /** Dense bf16, FLOP/s. */
  readonly peakFlops: number;
  /** Dense peaks of other types, FLOP/s; a type that is absent is computed as bf16. */
  readonly peaks?: { readonly [T in Exclude<ComputeType, 'bf16'>]?: number };
  /** Bytes/s, peak. */
  readonly memoryBandwidth: number;
  /** Share of the peak bandwidth that streaming reaches, 0–1. */
  readonly bandwidthEfficiency: number;
  /** Bytes/s between accelerators of one node, both directions together, as makers state it. */
  readonly interconnectBandwidth: number;
  /** Accelerators that are linked so; 8 where absent. */
  readonly acceleratorsPerNode?: number;
  /** Bytes/s of one accelerator to other nodes, both directions together; that of the node where absent. */
  readonly networkBandwidth?: number;
  readonly memoryBytes: number;
  /** What its maker calls the generation, e.g. `Hopper`: those of one are alike where peak figures do not tell. */
  readonly generation?: string;
  /** Where the figures are from, and when they were published or read there. */
  readonly source?: string;
  readonly date?: string;
}

const positive = z.number().positive();
const text = z.string().min(1);

/** Checks the figures of an accelerator that were written down. */
export const HARDWARE: z.ZodType<Hardware> = z.strictObject({
  name: text,
  aliases: z.array(text).exactOptional(),
  peakFlops: positive,
  peaks: z
    .strictObject({ fp8: positive.exactOptional(), fp4: positive.exactOptional(), int8: positive.exactOptional() })
    .exactOptional(),
  memoryBandwidth: positive,
  bandwidthEfficiency: z.number().positive().max(1),
  interconnectBandwidth: positive,
  acceleratorsPerNode: z.number().int().positive().exactOptional(),
  networkBandwidth: positive.exactOptional(),
  memoryBytes: positive,
  generation: text.exactOptional(),
  source: text.exactOptional(),
  date: text.exactOptional(),
});

const FILE: DocumentKind<readonly Hardware[]> = {
  schema: z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(HARDWARE).min(1)),
  code: 'physics.wrong-hardware',
  mend: 'Write name, peakFlops, memoryBandwidth, bandwidthEfficiency, interconnectBandwidth and memoryBytes, in FLOP/s, bytes/s and bytes',
};

/**
 * Reads the peak figures of accelerators: a file of the form of those in `hardware/`, of one or of a list, in JSON or YAML.
 *
 * @throws UserError where it cannot be read, or a figure is missing or impossible.
 */
export function readHardware(path: string): readonly Hardware[] {
  return Object.freeze(readYaml(path, FILE).map((each) => Object.freeze(each)));
}
