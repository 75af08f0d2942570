import { z } from 'zod';
import { SERVED_TYPES, type ServedType } from '../physics/index.ts';

/** Settings of a serving engine that decide which batches it makes. What a source does not say is absent. */
export interface ServerSettings {
  /** E.g. `vllm`. */
  readonly engine?: string;
  /** E.g. `0.19.0`. */
  readonly engineVersion?: string;
  /** Requests in a batch at most. */
  readonly maxNumSeqs?: number;
  /** Token budget of a step. */
  readonly maxNumBatchedTokens?: number;
  /** Prompt and output together at most, tokens. */
  readonly maxModelLen?: number;
  /** KV blocks of one engine. */
  readonly kvBlocks?: number;
  /** Prompts that open alike share what was computed of them. */
  readonly prefixCaching?: boolean;
  /** Prompts may be computed in several steps. */
  readonly chunkedPrefill?: boolean;
  /** The next batch is scheduled while this one runs. */
  readonly asyncScheduling?: boolean;
  /** Ranks with a scheduler of their own. */
  readonly dataParallel?: number;
  /** Stages that the layers are divided into. */
  readonly pipelineParallel?: number;
  /** Ranks share the experts, and go in lock-step. */
  readonly expertParallel?: boolean;
  /** Type that it was told to serve the weights in, beyond what the checkpoint says. */
  readonly weights?: ServedType;
  /** The same of the KV cache. */
  readonly kvCache?: 'fp8';
}

const count = z.number().int().positive().exactOptional();
const switched = z.boolean().exactOptional();
const text = z.string().min(1).exactOptional();

/** Checks settings that were written down: in a dataset, or by a user. */
export const SERVER_SETTINGS: z.ZodType<ServerSettings> = z.strictObject({
  engine: text,
  engineVersion: text,
  maxNumSeqs: count,
  maxNumBatchedTokens: count,
  maxModelLen: count,
  kvBlocks: count,
  prefixCaching: switched,
  chunkedPrefill: switched,
  asyncScheduling: switched,
  dataParallel: count,
  pipelineParallel: count,
  expertParallel: switched,
  weights: z.enum(SERVED_TYPES).exactOptional(),
  kvCache: z.literal('fp8').exactOptional(),
});
