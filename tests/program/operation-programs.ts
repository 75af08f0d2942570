import { OPERATIONS, type OpName, parseProgram, type Program } from '../../src/program/index.ts';

/** What stands for the first arguments of an operation; the first one moves with a constant. */
const NUMBERS: readonly string[] = ['c.alpha * batch.tokens', 'batch.requests', 'batch.contextTokens'];
const CONDITIONS: readonly string[] = ['batch.tokens > c.alpha', 'batch.requests <= 1'];
function CHOICE(condition: string): string {
  return `${condition} ? c.beta * batch.tokens : batch.requests`;
}

/** An expression that uses an operation, written from nothing but its row in the table. */
function expressionOf(op: OpName): string {
  const { arity, kind, symbols, isMathFunction } = OPERATIONS[op];
  const count = arity === 'many' ? 3 : arity;
  const [symbol = ''] = symbols;
  if (kind === 'select') return CHOICE(CONDITIONS[0] ?? '');
  const args = (kind === 'logical' ? CONDITIONS : NUMBERS).slice(0, count).map((arg) => `(${arg})`);
  const inner =
    isMathFunction && symbol === ''
      ? `Math.${op}(${args.join(', ')})`
      : count === 1
        ? symbol + args[0]
        : args.join(` ${symbol} `);
  return kind === 'arithmetic' || kind === 'function' ? inner : CHOICE(`(${inner})`);
}

export function moduleOf(expression: string): string {
  const used = ['alpha', 'beta'].filter((name) => expression.includes(`c.${name}`));
  const constants = used.map((name) => `${name}: ${name === 'alpha' ? 0.7 : 1.3}`).join(', ');
  return `export const constants = { ${constants} };\n\nexport function predictStepTime(batch, c) {\n  return ${expression};\n}\n`;
}

export function read(text: string): Program {
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(`${parsed.diagnostics[0]?.message}: ${text}`);
  return parsed.program;
}

/** A small program that uses an operation, over tokens, requests and contextTokens. */
export function programOf(op: OpName): Program {
  return read(moduleOf(expressionOf(op)));
}
