export type ArithmeticName = 'add' | 'sub' | 'mul' | 'div' | 'neg' | 'pow';

export type FunctionName =
  | 'min'
  | 'max'
  | 'abs'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'log2'
  | 'log10'
  | 'hypot'
  | 'sinh'
  | 'tanh'
  | 'floor'
  | 'ceil';

export type ComparisonName = 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne';

export type LogicName = 'and' | 'or' | 'not' | 'select';

/**
 * Every operation of the language, and the one place that lists them: a name without a row in `OPERATIONS` does not compile, nor
 * a row without a name. Booleans are the results of comparisons and logical operations; `select` chooses by one.
 */
export type OpName = ArithmeticName | FunctionName | ComparisonName | LogicName;
