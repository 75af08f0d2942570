import { z } from 'zod';
import { type DocumentKind, readYaml } from '../../base/index.ts';
import { type Prior, type PriorTable, unitKey } from './table.ts';

const prior: z.ZodType<Prior> = z.strictObject({ median: z.number().positive(), sigma: z.number().positive().max(20) });

function rows(isKey: (key: string) => boolean, problem: string): z.ZodType<Readonly<Record<string, Prior>>> {
  return z
    .record(z.string(), prior)
    .superRefine((table, context) => {
      for (const key of Object.keys(table)) {
        if (!isKey(key)) context.addIssue({ code: 'custom', path: [key], message: problem });
      }
    })
    .default({});
}

/** A table of priors, as a file or the configuration of a run has it. */
export const PRIOR_TABLE: z.ZodType<PriorTable> = z.strictObject({
  units: rows((text) => unitKey(text) !== undefined, 'no unit, such as µs/token'),
  constants: rows((name) => /^[A-Za-z_$][\w$]*$/.test(name), 'not the name of a constant'),
});

const PRIOR_FILE: DocumentKind<PriorTable> = {
  schema: PRIOR_TABLE,
  code: 'evaluate.wrong-priors',
  mend: 'write it like `units: {µs/token: {median: 20, sigma: 1}}`, and `constants:` in the same way by name',
};

/**
 * Reads a file of priors, YAML: `units` and `constants`, each a table of `median` and `sigma`, the deviation of the natural logarithm.
 *
 * @throws UserError that names the file and the place in it
 */
export function readPriors(path: string): PriorTable {
  return readYaml(path, PRIOR_FILE);
}
