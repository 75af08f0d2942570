import { engineOf, type Experiment, makeDataset, servingContext } from '../../../src/data/index.ts';
import { requestColumns } from '../../../src/data/requests.ts';
import { batchSums, serve, type StepTime } from '../../../src/serving/index.ts';

/** A small server. */
export const SERVER: Experiment = {
  id: 'run-1',
  model: 'llama-3-1-8b',
  workload: 'chat',
  tp: 1,
  architecture: 'llama-3-1-8b',
  hardware: 'RTX-4090',
  blockSize: 16,
  settings: { engine: 'vllm', engineVersion: '0.13.0', maxNumSeqs: 8, maxNumBatchedTokens: 512, kvBlocks: 400 },
};

/** A step: 12 ms, 40 µs a decode token and 9 µs a prompt token. */
export const law: StepTime = (batch) => {
  const { prefillTokens, decodeTokens } = batchSums(batch);
  return 12_000 + 40 * decodeTokens + 9 * prefillTokens;
};

/** The experiment with 100 requests that an engine with that law, or another one, would have served. */
export function served(experiment: Experiment, stepTime: StepTime = law): Experiment {
  const rows = Array.from({ length: 100 }, (_, r) => r);
  const load = {
    arrivalUs: Float64Array.from(rows, (r) => r * 70_000 + (r % 7) * 9_000).sort(),
    promptTokens: Float64Array.from(rows, (r) => 50 + ((r * 37) % 400)),
    outputTokens: Float64Array.from(rows, (r) => 2 + ((r * 53) % 60)),
  };
  const dataset = makeDataset('made up', [experiment]);
  const { requests: paths } = serve(load, engineOf(experiment, servingContext(dataset, experiment)).settings, stepTime);
  const requests = requestColumns(
    rows.map((r) => ({
      arrivalUs: load.arrivalUs[r],
      firstTokenUs: paths.firstTokenUs[r],
      lastTokenUs: paths.lastTokenUs[r],
      promptTokens: load.promptTokens[r],
      outputTokens: load.outputTokens[r],
      outcome: 'ok' as const,
    })),
  );
  return { ...experiment, requests };
}
