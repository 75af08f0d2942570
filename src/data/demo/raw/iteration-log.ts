import type { StagedFile } from '../../../base/index.ts';
import type { RunObserver, StepRecord } from '../observer.ts';
import { BOOT_NS } from '../step-log.ts';
import type { RunFacts } from './simulated-run.ts';
import { serverLog, stampOf } from './vllm-log.ts';

/**
 * Writes the log of a vLLM server that logs each iteration. Its time begins when the scheduler has chosen the batch, and ends when
 * the tokens are there: a cycle without the scheduler's call.
 *
 * Source: vllm-project/vllm, pull request 31193, `vllm/v1/engine/core.py`.
 */
export class IterationLog implements Pick<RunObserver, 'step'> {
  readonly #file: StagedFile;
  readonly #startUs: number;
  #iteration = 0;

  constructor(file: StagedFile, facts: RunFacts) {
    this.#file = file;
    this.#startUs = facts.startUs;
    file.write(serverLog(facts));
  }

  step(record: StepRecord, cycleNs: number): void {
    const { prefillRequests, prefillTokens, decodeRequests, decodeTokens, startNs, durationUs } = record;
    const at = stampOf(this.#startUs + (startNs - BOOT_NS + cycleNs) / 1000);
    const elapsedMs = (cycleNs / 1000 - durationUs) / 1000;
    this.#file.write(
      `(EngineCore_DP0 pid=41) INFO ${at} [core.py:349] Iteration(${this.#iteration}): ${prefillRequests} context requests, ${prefillTokens} context tokens, ${decodeRequests} generation requests, ${decodeTokens} generation tokens, iteration elapsed time: ${elapsedMs.toFixed(2)} ms\n`,
    );
    this.#iteration++;
  }
}
