import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readYaml } from '../../../base/index.ts';
import { engineArguments } from '../engine-arguments.ts';
import type { RunFacts } from '../source.ts';
import { readServerLog } from '../vllm-server-log.ts';

export const CONFIG_FILE = 'exp-config.yaml';
export const LOG_FILE = 'vllm.log';

const count = z.number().int().positive().nullish();
const CONFIG_SCHEMA = z.looseObject({
  model: z.string().min(1),
  tensor_parallelism: z.number().int().positive(),
  max_model_len: count,
  max_num_batched_tokens: count,
  max_num_seqs: count,
});

const CONFIG: DocumentKind<z.infer<typeof CONFIG_SCHEMA>> = {
  schema: CONFIG_SCHEMA,
  code: 'data.wrong-exp-config',
  mend: 'Write `model`, `tensor_parallelism` and the limits of the server into exp-config.yaml, as the run had them',
};

/**
 * What the files beside a run's records say of its server: exp-config.yaml what was asked for, vllm.log what the server itself
 * says of it, which counts.
 *
 * @throws UserError where one of them cannot be read, or the configuration lacks the model or has limits that are none.
 */
export async function readServerFacts(folder: string): Promise<Omit<RunFacts, 'workload' | 'hardware'>> {
  const configPath = join(folder, CONFIG_FILE);
  const config = existsSync(configPath) ? readYaml(configPath, CONFIG) : undefined;
  const asked = config && engineArguments(config);
  const log = join(folder, LOG_FILE);
  const said = existsSync(log) ? await readServerLog(log, asked?.blockSize) : undefined;
  const blockSize = said?.blockSize ?? asked?.blockSize;
  return {
    ...(config && { model: config.model, tp: config.tensor_parallelism }),
    ...(blockSize !== undefined && { blockSize }),
    settings: { ...asked?.settings, ...said?.settings },
  };
}
