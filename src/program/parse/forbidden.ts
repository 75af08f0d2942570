/** What to say of syntax that the language does not have. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

function refusal(code: string, message: string, mend: string): Refusal {
  return { code, message, mend };
}

const LOOP = refusal('loop', 'loops are not part of the language', 'write a closed formula of the batch features');
const CLOSURE = refusal(
  'function',
  'functions inside a program are not part of the language',
  'write the expression in place, or name it with const',
);
const CLASS = refusal(
  'class',
  'classes are not part of the language',
  'write expressions of batch features and constants',
);
export const STRING_REFUSAL: Refusal = refusal(
  'string',
  'text is not part of the language',
  'use numbers, batch features and constants only',
);
const TEMPLATE = refusal('template', 'template strings are not part of the language', STRING_REFUSAL.mend);
const CALL = refusal(
  'call',
  'only the functions of Math can be called',
  'call one of Math.min, Math.max, Math.sqrt, …',
);
const OBJECT = refusal('object', 'objects are not part of the language', 'give each value a const of its own');
const ARRAY = refusal('array', 'arrays are not part of the language', 'give each value a const of its own');
const THROW = refusal('throw', 'errors cannot be thrown or caught', 'return a number in every case');
const ASYNC = refusal('async', 'programs cannot wait', 'write a plain function');
const JUMP = refusal('jump', 'labels, break and continue are not part of the language', 'use if and else');
const IMPORT = refusal('import', 'a program cannot import', 'delete it: batch, c and Math are all that is needed');
const EXPORT = refusal('export', 'only constants and predictStepTime are exported', 'delete it');
const UPDATE = refusal('update', '++ and -- are not part of the language', 'write x += 1 as a statement of its own');

/** By the type that acorn gives the node. */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['ForStatement', LOOP],
  ['ForInStatement', LOOP],
  ['ForOfStatement', LOOP],
  ['WhileStatement', LOOP],
  ['DoWhileStatement', LOOP],
  ['FunctionDeclaration', CLOSURE],
  ['FunctionExpression', CLOSURE],
  ['ArrowFunctionExpression', CLOSURE],
  ['ClassDeclaration', CLASS],
  ['ClassExpression', CLASS],
  ['TemplateLiteral', TEMPLATE],
  ['TaggedTemplateExpression', TEMPLATE],
  ['CallExpression', CALL],
  ['NewExpression', CALL],
  ['ImportExpression', IMPORT],
  ['ImportDeclaration', IMPORT],
  ['ExportAllDeclaration', EXPORT],
  ['ExportNamedDeclaration', EXPORT],
  ['ExportDefaultDeclaration', EXPORT],
  ['ObjectExpression', OBJECT],
  ['ArrayExpression', ARRAY],
  ['ThrowStatement', THROW],
  ['TryStatement', THROW],
  ['AwaitExpression', ASYNC],
  ['YieldExpression', ASYNC],
  ['LabeledStatement', JUMP],
  ['BreakStatement', JUMP],
  ['ContinueStatement', JUMP],
  ['UpdateExpression', UPDATE],
  ['SwitchStatement', refusal('switch', 'switch is not part of the language', 'use if and else')],
  ['SequenceExpression', refusal('sequence', 'the comma operator is not part of the language', 'write one expression')],
  ['SpreadElement', refusal('spread', 'spreading is not part of the language', 'write each argument')],
  [
    'ChainExpression',
    refusal('optional', '?. is not part of the language', 'write a plain dot: features always have a value'),
  ],
  ['AssignmentExpression', refusal('assignment', 'an assignment is not a value', 'write it as a statement of its own')],
  ['ThisExpression', refusal('this', 'this is not part of the language', 'use the parameters of predictStepTime')],
]);

const FALLBACK = refusal(
  'unsupported',
  'this syntax is not part of the language',
  'use const, let, if, return, arithmetic, comparisons, ?: and Math functions',
);

export function refusalOf(type: string): Refusal {
  return REFUSALS.get(type) ?? FALLBACK;
}

/** What stands in for a function of Math that the language leaves out. */
export const MATH_MENDS: ReadonlyMap<string, string> = new Map([
  ['round', 'write Math.floor(x + 0.5)'],
  ['trunc', 'write Math.floor(x) for numbers that are not negative'],
  ['sign', 'write x > 0 ? 1 : -1'],
  ['random', 'a program must give the same result each time: use batch features'],
  ['cosh', 'write (Math.exp(x) + Math.exp(-x)) / 2'],
  ['fround', 'drop it: all numbers are doubles'],
]);

/** What to write for a binary operator that the language leaves out. */
export const OPERATOR_MENDS: ReadonlyMap<string, string> = new Map([
  ['%', 'write a - b * Math.floor(a / b)'],
  ['|', 'write Math.floor(x) for | 0, || between conditions'],
  ['&', 'write && between conditions'],
  ['<<', 'write a * 2 ** b'],
  ['>>', 'write Math.floor(a / 2 ** b)'],
  ['>>>', 'write Math.floor(a / 2 ** b)'],
  ['??', 'drop it: features and constants always have a value'],
]);
