import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Documents } from '../../src/app/documents.ts';
import { schemaFileOf, SCHEMAS } from '../../tools/schemas/versions.ts';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const compiled = new Map<keyof Documents, ValidateFunction>();

function validatorOf(command: keyof Documents): ValidateFunction {
  const known = compiled.get(command);
  if (known !== undefined) return known;
  const made = ajv.compile(JSON.parse(readFileSync(join(SCHEMAS, schemaFileOf(command)), 'utf8')) as object);
  compiled.set(command, made);
  return made;
}

/** Where a document is not as the published schema of its command has it, a line for each place; none for a good one. */
export function schemaProblems(command: keyof Documents, document: unknown): readonly string[] {
  const validate = validatorOf(command);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || 'the document'} ${message} ${JSON.stringify(params)}`,
  );
}
