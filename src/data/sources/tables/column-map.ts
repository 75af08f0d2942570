import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type DocumentKind, type Place, readYaml, UserError } from '../../../base/index.ts';
import { type Graph, parseExpression } from '../../../program/index.ts';
import { READ_COLUMNS, READ_NAMES, type ReadColumn } from '../../steps/column-names.ts';

/** Columns that say which run or engine a row is of; they are taken as they are. */
const LABELS = ['experiment', 'model', 'workload', 'tp', 'hardware', 'engine'] as const;
type Label = (typeof LABELS)[number];

/** How a column of step records is made of the columns of a table. */
export interface MappedColumn {
  readonly column: ReadColumn | Label;
  /** Over the table's columns as features; names that are no identifiers have others in it, see `names`. */
  readonly graph: Graph;
  /** The table's column for each feature of the graph. */
  readonly names: ReadonlyMap<string, string>;
  /** The table's column that it is without any arithmetic. */
  readonly same?: string;
}

/** How a table with columns and units of its own is read. */
export interface ColumnMap {
  readonly columns: readonly MappedColumn[];
}

/** Names on the left, in all spellings that can be told apart. */
const TARGETS: ReadonlyMap<string, ReadColumn | Label> = new Map([
  ...LABELS.map((label) => [label, label] as const),
  ...READ_NAMES.flatMap((name) => {
    const attribute = READ_COLUMNS[name];
    return [name, attribute, attribute.slice(attribute.indexOf('.') + 1)].map((spelling) => [spelling, name] as const);
  }),
]);

const MEND =
  'Write like `duration_us=1000*latency_ms`: a column of step records, and what it is over the columns of the table';

const DOCUMENT: DocumentKind<Readonly<Record<string, string | number>>> = {
  schema: z.record(z.string(), z.union([z.string(), z.number()])),
  code: 'data.wrong-map',
  mend: MEND,
};

/**
 * Reads how the columns of a table are called and which units they have: a YAML file of names and expressions, or both in one
 * text, `step.id=iter, duration_us=1000*latency_ms`. On the left is a column of step records by its own name or that of
 * BATCH_SUMMARY, with or without its first part; on the right an expression in the language of programs over the table's columns.
 * A name that is no identifier stands between backticks. Expressions are parsed, never run.
 *
 * @throws UserError where it is no such text, a column on the left is unknown or there twice, or an expression is none.
 */
export function parseMap(textOrFile: string): ColumnMap {
  if (existsSync(textOrFile)) {
    const entries = Object.entries(readYaml(textOrFile, DOCUMENT));
    return mapOf(
      entries.map(([name, expression]) => [name, String(expression), { file: textOrFile, at: name }] as const),
    );
  }
  return mapOf(
    parts(textOrFile).map((part) => {
      const at = part.indexOf('=');
      if (at < 1) throw wrongMap({ at: 'map' }, `\`${part.trim()}\` is neither a file nor a name with an expression`);
      return [part.slice(0, at).trim(), part.slice(at + 1).trim(), { at: `map, \`${part.trim()}\`` }] as const;
    }),
  );
}

function mapOf(entries: readonly (readonly [name: string, expression: string, place: Place])[]): ColumnMap {
  const columns = entries.map(([name, expression, place]) => mappedColumn(name, expression, place));
  const twice = columns.findIndex(({ column }, at) => columns.findIndex((other) => other.column === column) < at);
  if (twice >= 0) throw wrongMap(entries[twice]![2], `the column \`${entries[twice]![0]}\` is there twice`);
  if (columns.length === 0) throw wrongMap({ at: 'map' }, 'there is nothing in it');
  return { columns };
}

function mappedColumn(name: string, expression: string, place: Place): MappedColumn {
  const column = TARGETS.get(name);
  if (column === undefined) {
    const known = [...READ_NAMES.map((each) => READ_COLUMNS[each]), ...LABELS].join(', ');
    throw wrongMap(place, `step records have no column \`${name}\` (columns: ${known})`);
  }
  const { graph, names } = parsed(expression, place);
  const root = graph.nodes[graph.roots[0]!]!;
  const same = root.kind === 'feature' ? names.get(root.name) : undefined;
  if (same === undefined && LABELS.some((label) => label === column)) {
    throw wrongMap(place, `\`${name}\` is a label, which is taken from one column as it is`);
  }
  return { column, graph, names, ...(same !== undefined && { same }) };
}

/** Pieces between commas that stand outside parentheses and backticks. */
function parts(text: string): readonly string[] {
  const found = [''];
  let depth = 0;
  let isQuoted = false;
  for (const sign of text) {
    if (sign === '`') isQuoted = !isQuoted;
    else if (!isQuoted) depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (sign === ',' && depth === 0 && !isQuoted) found.push('');
    else found[found.length - 1] += sign;
  }
  return found.filter((part) => part.trim() !== '');
}

function parsed(expression: string, place: Place): Pick<MappedColumn, 'graph' | 'names'> {
  const quoted: string[] = [];
  const plain = expression.replaceAll(/`([^`]*)`/g, (_, name: string) => {
    quoted.push(name);
    return `${STAND_IN}${quoted.length - 1}`;
  });
  const identifiers = plain.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [];
  const nameOf = (identifier: string): string =>
    identifier.startsWith(STAND_IN) ? (quoted[Number(identifier.slice(STAND_IN.length))] ?? identifier) : identifier;
  try {
    const graph = parseExpression(plain, [...new Set(identifiers)]);
    const used = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
    return { graph, names: new Map(used.map((name) => [name, nameOf(name)])) };
  } catch (error) {
    const reason = (error as Error).message.replace(/^formula `[^`]*`: /, '').replaceAll('\n', ' ');
    throw wrongMap(place, `\`${expression.replaceAll('`', '')}\` is no expression: ${reason}`);
  }
}

/** Identifiers in place of names between backticks. */
const STAND_IN = '$column';

function wrongMap(place: Place, problem: string): UserError {
  return new UserError({ code: 'data.wrong-map', place, problem, mend: MEND });
}
