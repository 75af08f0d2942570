import {
  type Checker,
  ElementFlags,
  SignatureKind,
  type Symbol,
  SymbolFlags,
  type TupleType,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';
import type { JsonSchema, Literal } from './json-schema.ts';

/** The schema of a type, with the named types that it speaks of. */
export interface TypeSchema {
  readonly schema: JsonSchema;
  readonly $defs: Readonly<Record<string, JsonSchema>>;
}

/**
 * Describes what JSON a value of a type becomes. Objects are closed: what the type does not name, a document does not have.
 * Interfaces and named unions of the project become definitions, written once; doc comments become descriptions.
 *
 * @param where names the type in errors.
 * @throws Error where JSON cannot carry the type: a function, a class of the library, `undefined` in a list.
 */
export function schemaOfType(checker: Checker, root: Type, where: string): TypeSchema {
  const $defs: Record<string, JsonSchema> = {};
  const owners = new Map<string, number>();

  /** A name that stands for one type alone; instances of a generic share theirs, so they have none. */
  function nameOf(type: Type): { readonly name: string; readonly symbol: Symbol } | undefined {
    const alias = type.getAliasSymbol();
    const symbol = alias !== undefined && isOwn(alias) ? alias : type.getSymbol();
    if (symbol === undefined || !isOwn(symbol) || symbol.name.startsWith('__')) return undefined;
    const isGeneric =
      symbol === alias
        ? type.getAliasTypeArguments().length > 0
        : type.isObjectType() && type.isTypeReference() && checker.getTypeArguments(type).length > 0;
    return isGeneric ? undefined : { name: symbol.name, symbol };
  }

  function schemaOf(type: Type, path: string): JsonSchema {
    const named = nameOf(type);
    if (named === undefined || type.id === root.id) return structureOf(type, path);
    const { name, symbol } = named;
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, type.id);
      // Reserves the place, so that a type that contains itself ends.
      $defs[name] = {};
      $defs[name] = { ...descriptionOf(checker, symbol), ...structureOf(type, path) };
    } else if (owner !== type.id) {
      throw new Error(`${path}: two types are called ${name}; rename one of them`);
    }
    return { $ref: `#/$defs/${name}` };
  }

  function structureOf(type: Type, path: string): JsonSchema {
    const { flags } = type;
    if (flags & TypeFlags.Null) return { type: 'null' };
    if (flags & TypeFlags.String) return { type: 'string' };
    if (flags & TypeFlags.Number) return { type: 'number' };
    if (flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isLiteralType()) return { const: type.value as Literal };
    if (type.isUnionType()) return unionOf(type.getTypes(), path);
    if (type.isObjectType() || type.isIntersectionType()) return objectOf(type, path);
    throw new Error(`${path}: ${checker.typeToString(type)} cannot be written as JSON`);
  }

  function unionOf(types: readonly Type[], path: string): JsonSchema {
    const literals = types.filter((type) => type.isLiteralType());
    // The compiler sees `boolean` as a union of two literals.
    const isBoolean = literals.filter((type) => type.isBooleanLiteralType()).length === 2;
    const values = literals
      .map(({ value }) => value as Literal)
      .filter((value) => !isBoolean || typeof value !== 'boolean')
      .sort(byText);
    const others = types.filter((type) => !type.isLiteralType()).map((type) => schemaOf(type, path));
    const parts: readonly JsonSchema[] = [
      ...(values.length === 0 ? [] : [values.length === 1 ? { const: values[0]! } : { enum: values }]),
      ...(isBoolean ? [{ type: 'boolean' }] : []),
      ...others.filter(({ type }) => type !== 'null').sort(byText),
      ...others.filter(({ type }) => type === 'null'),
    ];
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    if (parts.every(isBare)) return { type: parts.map((part) => part.type as string) };
    return { anyOf: parts };
  }

  function objectOf(type: Type, path: string): JsonSchema {
    if (type.isObjectType() && type.isTypeReference()) {
      const members = checker.getTypeArguments(type);
      if (checker.isArrayType(type)) return { type: 'array', items: schemaOf(members[0]!, `${path}[]`) };
      const target = type.getTarget();
      if (target.isTupleType()) return tupleOf(target, members, path);
    }
    const symbol = type.getSymbol();
    if (symbol !== undefined && !symbol.name.startsWith('__') && !isOwn(symbol)) {
      throw new Error(`${path}: a ${symbol.name} cannot be written as JSON`);
    }
    if (checker.getSignaturesOfType(type, SignatureKind.Call).length > 0) {
      throw new Error(`${path}: a function cannot be written as JSON`);
    }
    const properties = checker.getPropertiesOfType(type);
    const required = properties.filter(({ flags }) => !(flags & SymbolFlags.Optional)).map(({ name }) => name);
    const [index] = checker.getIndexInfosOfType(type);
    return {
      type: 'object',
      ...(properties.length > 0 && {
        properties: Object.fromEntries(
          properties.map((property) => [property.name, propertyOf(property, `${path}.${property.name}`)]),
        ),
      }),
      ...(required.length > 0 && { required }),
      additionalProperties: index === undefined ? false : schemaOf(index.valueType, `${path}.*`),
    };
  }

  function propertyOf(property: Symbol, path: string): JsonSchema {
    const type = checker.getTypeOfSymbol(property);
    if (type === undefined) throw new Error(`${path}: its type is unknown`);
    const isOptional = Boolean(property.flags & SymbolFlags.Optional);
    const description = descriptionOf(checker, property);
    if (!isOptional || !type.isUnionType()) return { ...description, ...schemaOf(type, path) };
    // The type of an optional property includes the value that stands for its absence.
    const present = type.getTypes().filter(({ flags }) => !(flags & TypeFlags.Undefined));
    return { ...description, ...(present.length === 1 ? schemaOf(present[0]!, path) : unionOf(present, path)) };
  }

  function tupleOf({ elementFlags }: TupleType, members: readonly Type[], path: string): JsonSchema {
    if (elementFlags.some((flag) => flag !== ElementFlags.Required)) {
      throw new Error(`${path}: only tuples of a fixed length are described`);
    }
    const prefixItems = members.map((member, at) => schemaOf(member, `${path}[${at}]`));
    return { type: 'array', prefixItems, items: false, minItems: members.length };
  }

  const schema = schemaOf(root, where);
  return { schema, $defs };
}

/** The compiler's order of a union may change with its version; this one does not. */
function byText(a: JsonSchema | Literal, b: JsonSchema | Literal): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Library types are known by where they are declared. */
function isOwn({ declarations }: Symbol): boolean {
  return declarations.every(({ path }) => !path.includes('/node_modules/'));
}

function isBare(schema: JsonSchema): boolean {
  return typeof schema.type === 'string' && Object.keys(schema).length === 1;
}

/** The doc comment of a symbol as one line of text. */
export function descriptionOf(checker: Checker, symbol: Symbol): Pick<JsonSchema, 'description'> {
  const text = checker.getDocumentationCommentOfSymbol(symbol).replaceAll(/\s+/g, ' ').trim();
  return text === '' ? {} : { description: text };
}
