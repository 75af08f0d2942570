import { DEFAULT_ENGINE, type EngineSettings } from '../../serving/index.ts';
import type { ServerSettings } from '../server-settings.ts';
import type { Scenario } from './scenarios.ts';

/** How the simulated server is configured. */
export interface SimulatedServer {
  readonly maxModelTokens: number;
  /** Token budget of a step. */
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
  /** KV block size. */
  readonly blockTokens: number;
  /** Accelerator of every experiment. */
  readonly hardware: string;
}

/** The settings of the real traces that the demo stands in for. */
export const SERVER: SimulatedServer = Object.freeze({
  maxModelTokens: 4096,
  maxBatchedTokens: 2048,
  maxSequences: 128,
  blockTokens: 16,
  hardware: 'H100',
});

/** What the server of an experiment was started with, as far as it decides the batches. */
export function settingsOf({ kvBlocks }: Scenario): ServerSettings {
  return Object.freeze({
    maxNumSeqs: SERVER.maxSequences,
    maxNumBatchedTokens: SERVER.maxBatchedTokens,
    maxModelLen: SERVER.maxModelTokens,
    kvBlocks,
    prefixCaching: true,
    chunkedPrefill: true,
    asyncScheduling: false,
    dataParallel: 1,
    pipelineParallel: 1,
  });
}

/** The engine of that server. What a server does not say of itself, such as a watermark, is as in vLLM. */
export function engineSettings({ kvBlocks }: Scenario): EngineSettings {
  return {
    ...DEFAULT_ENGINE,
    maxNumSeqs: SERVER.maxSequences,
    maxNumBatchedTokens: SERVER.maxBatchedTokens,
    maxModelLen: SERVER.maxModelTokens,
    kvBlocks,
    blockSize: SERVER.blockTokens,
  };
}
