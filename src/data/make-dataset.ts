import { createHash } from 'node:crypto';
import { UserError } from '../base/index.ts';
import type { Architecture } from '../physics/index.ts';
import { COLUMN_NAMES } from './column-names.ts';
import type { Dataset, Experiment } from './dataset.ts';

/**
 * A dataset of experiments: ordered by id, hashed, frozen.
 *
 * @param architectures those that the project does not ship; only the ones in use are kept.
 * @throws UserError where two experiments have the same id or there is none.
 */
export function makeDataset(
  source: string,
  experiments: readonly Experiment[],
  architectures: readonly Architecture[] = [],
): Dataset {
  const ordered = [...experiments].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const repeated = ordered.find((experiment, at) => experiment.id === ordered[at - 1]?.id);
  if (repeated !== undefined) {
    throw new UserError({
      code: 'data.repeated-experiment',
      place: { file: source },
      problem: `two experiments are called \`${repeated.id}\``,
      mend: 'Rename one of them',
    });
  }
  if (ordered.length === 0) {
    throw new UserError({
      code: 'data.no-experiments',
      place: { file: source },
      problem: 'no experiments in it',
      mend: 'Give a source with experiments',
    });
  }
  const used = architectures.filter(({ name }) => ordered.some((experiment) => experiment.architecture === name));
  return Object.freeze({
    source,
    hash: hashOf(ordered, used),
    experiments: Object.freeze(ordered),
    ...(used.length > 0 && { architectures: Object.freeze(used) }),
  });
}

/** SHA-256 over what the experiments are and their columns' bytes, hex; the source's path is no part of it. */
function hashOf(experiments: readonly Experiment[], architectures: readonly Architecture[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(architectures.map((a) => Object.entries(a).sort(([x], [y]) => (x < y ? -1 : 1)))));
  for (const { steps, measured, ...rest } of experiments) {
    const { id, model, workload, tp, architecture, hardware, blockSize } = rest;
    hash.update(JSON.stringify([id, model, workload, tp, architecture, hardware, blockSize]));
    hash.update(JSON.stringify(measured ? Object.entries(measured).sort(([x], [y]) => (x < y ? -1 : 1)) : null));
    if (steps === undefined) continue;
    for (const name of COLUMN_NAMES) {
      const column = steps[name];
      hash.update(`${name}:${column.length}:`);
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  return hash.digest('hex');
}
