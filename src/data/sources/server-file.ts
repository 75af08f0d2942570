import { z } from 'zod';
import { type DocumentKind, readYaml, UserError } from '../../base/index.ts';
import { readArguments } from './engine-arguments.ts';
import type { RunFacts } from './source.ts';

const MEND =
  'Write what the server was started with, e.g. model, tensor_parallel_size, hardware, max_num_seqs, max_num_batched_tokens';

const DOCUMENT: DocumentKind<Readonly<Record<string, unknown>>> = {
  schema: z.record(z.string(), z.unknown()),
  code: 'data.wrong-server-file',
  mend: MEND,
};

/**
 * Reads what a user's YAML or JSON file says of a server: names and values as the engine's own arguments or configuration have
 * them, `hardware` and `workload` besides.
 *
 * @param onNote called with the names that say nothing of batches.
 * @throws UserError where it cannot be read or says nothing.
 */
export function readServerFile(path: string, onNote?: (line: string) => void): RunFacts {
  const { facts, ignored } = readArguments(readYaml(path, DOCUMENT));
  const { settings, ...others } = facts;
  if (Object.keys(settings).length + Object.keys(others).length === 0) {
    throw new UserError({
      code: 'data.wrong-server-file',
      place: { file: path },
      problem: `nothing in it says how the server makes its batches${ignored.length > 0 ? `: ${ignored.join(', ')}` : ''}`,
      mend: MEND,
    });
  }
  if (ignored.length > 0) onNote?.(`${path}: passed over, says nothing of batches: ${ignored.join(', ')}`);
  return facts;
}
