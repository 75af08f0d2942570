import { join, resolve } from 'node:path';
import { isPropertySignatureDeclaration, isTypeReferenceNode } from 'typescript/unstable/ast/is';
import type { Checker, Symbol } from 'typescript/unstable/sync';
import type { Documents } from '../../src/app/documents.ts';
import type { JsonSchema } from './json-schema.ts';
import { descriptionOf, schemaOfType } from './schema-of-type.ts';
import { schemaFileOf, VERSIONS } from './versions.ts';
import { withTypes } from './with-types.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The text of every schema by the name of its file, from the types of the documents. */
export function generateSchemas(): ReadonlyMap<string, string> {
  const source = { cwd: ROOT, project: join(ROOT, 'tsconfig.build.json'), file: join(ROOT, 'src/app/documents.ts') };
  return withTypes(source, ({ checker, typeOf }) => {
    const documents = new Map(checker.getPropertiesOfType(typeOf('Documents')).map((each) => [each.name, each]));
    const commands = Object.keys(VERSIONS) as (keyof Documents)[];
    return new Map(
      commands.map((command) => {
        const schema = documentSchema(checker, command, documents.get(command)!);
        return [schemaFileOf(command), `${JSON.stringify(schema, null, 2)}\n`];
      }),
    );
  });
}

function documentSchema(checker: Checker, command: keyof Documents, property: Symbol): JsonSchema {
  const { schema, $defs } = schemaOfType(checker, checker.getTypeOfSymbol(property)!, command);
  return {
    $schema: DIALECT,
    $id: `urn:evolve-steptime:schema:${command.replaceAll(' ', '-')}:v${VERSIONS[command]}`,
    title: `evolve ${command} --json`,
    ...descriptionOf(checker, typeNameOf(checker, property) ?? property),
    ...schema,
    ...(Object.keys($defs).length > 0 && { $defs }),
  };
}

/** The name that a property gives its type, which is where the doc comment of an alias stands. */
function typeNameOf(checker: Checker, { valueDeclaration }: Symbol): Symbol | undefined {
  const declaration = valueDeclaration?.resolve();
  if (declaration === undefined || !isPropertySignatureDeclaration(declaration)) return undefined;
  return isTypeReferenceNode(declaration.type) ? checker.getSymbolAtLocation(declaration.type.typeName) : undefined;
}
