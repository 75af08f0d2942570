import type * as acorn from 'acorn';
import type { ConstantSpec } from '../ir.ts';
import { CONSTANTS_NAME, FUNCTION_NAME } from '../names.ts';
import { refusalOf } from './forbidden.ts';
import { foldLiterals } from './literals.ts';
import type { Report } from './report.ts';

/** The two parts of a program's module. */
export interface ModuleParts {
  readonly constants: readonly ConstantSpec[];
  readonly main: acorn.FunctionDeclaration;
  /** Names of the parameters; the second is undefined where the function takes only the batch. */
  readonly batch: string;
  readonly constantsParameter: string | undefined;
}

const SIGNATURE = `export function ${FUNCTION_NAME}(batch, c) { … }`;
const CONSTANTS_MEND = `write export const ${CONSTANTS_NAME} = { name: 1.5, … }`;

/** Names that every object has; as features or constants they would find something that is not a number. */
export function isReserved(name: string): boolean {
  return name in Object.prototype;
}

function unwrap(node: acorn.Statement | acorn.ModuleDeclaration): acorn.Node {
  if (node.type === 'ExportNamedDeclaration' && node.declaration) return node.declaration;
  return node.type === 'ExportDefaultDeclaration' && node.declaration.type === 'FunctionDeclaration'
    ? node.declaration
    : node;
}

function isConstants(node: acorn.Node): node is acorn.VariableDeclaration {
  if (node.type !== 'VariableDeclaration') return false;
  const { declarations } = node as acorn.VariableDeclaration;
  const id = declarations.length === 1 ? declarations[0]?.id : undefined;
  return id?.type === 'Identifier' && id.name === CONSTANTS_NAME;
}

function isMain(node: acorn.Node): node is acorn.FunctionDeclaration {
  return node.type === 'FunctionDeclaration' && (node as acorn.FunctionDeclaration).id?.name === FUNCTION_NAME;
}

function keyOf(property: acorn.Property): string | undefined {
  if (property.computed) return undefined;
  if (property.key.type === 'Identifier') return property.key.name;
  const key = property.key.type === 'Literal' ? property.key.value : undefined;
  return typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? key : undefined;
}

function readConstants(node: acorn.VariableDeclaration, report: Report): ConstantSpec[] {
  const init = node.declarations[0]?.init;
  if (init?.type !== 'ObjectExpression') {
    report.add((init ?? node).start, 'constants', `${CONSTANTS_NAME} must be an object of numbers`, CONSTANTS_MEND);
    return [];
  }
  const specs = new Map<string, ConstantSpec>();
  for (const property of init.properties) {
    const plain = property.type === 'Property' && property.kind === 'init' && !property.method && !property.shorthand;
    const name = plain ? keyOf(property) : undefined;
    if (!plain || name === undefined) {
      report.add(property.start, 'constants', 'a constant is a plain name and a number', CONSTANTS_MEND);
      continue;
    }
    const start = foldLiterals(property.value);
    if (isReserved(name)) {
      report.add(property.start, 'reserved-name', `the name ${name} is taken`, 'choose another name');
    } else if (specs.has(name)) {
      report.add(property.start, 'duplicate', `the constant ${name} is declared twice`, 'delete one of the two');
    } else if (start === undefined || !Number.isFinite(start)) {
      const message = `the constant ${name} must start from a finite number`;
      report.add(property.value.start, 'constants', message, `write ${name}: 1.5`);
    } else {
      // What is fitted starts from 0, whatever its sign.
      specs.set(name, { name, start: start + 0 });
    }
  }
  return [...specs.values()];
}

function parameterNames(main: acorn.FunctionDeclaration, report: Report): readonly string[] {
  const names = main.params.map((parameter) => {
    if (parameter.type === 'Identifier' && parameter.name !== 'Math') return parameter.name;
    report.add(parameter.start, 'signature', 'a parameter must be a plain name', `write ${SIGNATURE}`);
    return '';
  });
  if (names.length === 1 || names.length === 2) return names;
  report.add(main.start, 'signature', `${FUNCTION_NAME} takes the batch and the constants`, `write ${SIGNATURE}`);
  return ['batch', 'c'];
}

/** Finds the constants and the function; everything else at the top of the module is reported. */
export function readModule(program: acorn.Program, report: Report): ModuleParts | undefined {
  let constants: acorn.VariableDeclaration | undefined;
  let main: acorn.FunctionDeclaration | undefined;
  for (const statement of program.body) {
    const node = unwrap(statement);
    if (isConstants(node) && constants === undefined) constants = node;
    else if (isMain(node) && main === undefined) main = node;
    else if (node.type === 'VariableDeclaration') {
      const mend = `move numbers into ${CONSTANTS_NAME}, and the rest into ${FUNCTION_NAME}`;
      report.add(node.start, 'top-level', `only ${CONSTANTS_NAME} can be declared here`, mend);
    } else if (node.type !== 'EmptyStatement') {
      const type =
        node.type === 'ExpressionStatement' ? (node as acorn.ExpressionStatement).expression.type : node.type;
      const { code, message, mend } = refusalOf(type);
      report.add(node.start, code, message, mend);
    }
  }
  const specs = constants === undefined ? [] : readConstants(constants, report);
  if (main === undefined) {
    report.add(0, 'missing-function', `the function ${FUNCTION_NAME} is missing`, `write ${SIGNATURE}`);
    return undefined;
  }
  if (main.async || main.generator) {
    report.add(main.start, 'async', `${FUNCTION_NAME} must be a plain function`, `write ${SIGNATURE}`);
  }
  const [batch = 'batch', constantsParameter] = parameterNames(main, report);
  return { constants: specs, main, batch, constantsParameter };
}
