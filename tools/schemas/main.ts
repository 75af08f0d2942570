/** Writes the schemas of the `--json` documents anew; those of versions that are gone are removed. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSchemas } from './generate.ts';
import { SCHEMAS } from './versions.ts';

const schemas = generateSchemas();
mkdirSync(SCHEMAS, { recursive: true });
for (const file of readdirSync(SCHEMAS)) {
  if (file.endsWith('.json') && !schemas.has(file)) rmSync(join(SCHEMAS, file));
}
for (const [file, text] of schemas) writeFileSync(join(SCHEMAS, file), text);
