import { describe, expect, it } from 'vitest';
import {
  bounds,
  canonicalKey,
  checkCaps,
  conditionConstants,
  DEFAULT_CAPS,
  differentiate,
  GraphBuilder,
  interpret,
  interval,
  linearConstants,
  measure,
  OP_NAMES,
  OPERATIONS,
  parseProgram,
  printSource,
  type Program,
  simplify,
} from '../../src/program/index.ts';

const CONSTANTS = ['a', 'b', 'd', 'e'];

function formula(expression: string): Program {
  const constants = CONSTANTS.map((name, i) => `${name}: ${i + 2}`).join(', ');
  const body = expression.replace(/\b[abde]\b/g, 'c.$&').replace(/\b[xyz]\b/g, 'batch.$&');
  const result = parseProgram(
    `const constants = { ${constants} }; function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.program;
}

/** The simplified expression, written without the prefixes. */
function simple(expression: string): string {
  return (/return (.*);/.exec(printSource(simplify(formula(expression))))?.[1] ?? '').replace(/\b(c|batch)\./g, '');
}

describe('simplify', () => {
  it.each([
    ['x + 0', 'x'],
    ['0 - x', '-x'],
    ['x - x', '0'],
    ['y + x - y', 'x'],
    ['-(-x)', 'x'],
    ['-(x - y)', 'y - x'],
    ['x - -y', 'x + y'],
    ['-x * -y', 'x * y'],
    ['1 * x / 1', 'x'],
    ['x / x', 'x / x'],
    ['x * 0 + y', 'y'],
    ['2 + x + 3', 'x + 5'],
    ['1 / 3 * x', 'x / 3'],
    ['-a * x - y', 'a * x - y'],
    ['-x - y', '-(x + y)'],
    ['x * y * x * x', 'y * x ** 3'],
    ['x ** 1 + y ** 0', 'x + 1'],
    ['x ** 0.5', 'Math.sqrt(x)'],
    ['Math.max(x, Math.max(y, x), 1, 3)', 'Math.max(x, y, 3)'],
    ['Math.max(x, x)', 'x'],
    ['Math.hypot(Math.hypot(x, -y), z, 0)', 'Math.hypot(x, y, z)'],
    ['Math.abs(-x) + Math.abs(Math.exp(x))', 'Math.abs(x) + Math.exp(x)'],
    ['Math.floor(Math.ceil(x))', 'Math.ceil(x)'],
    ['x > 1 ? y : y', 'y'],
    ['2 > 1 && x < y ? x : y', 'x < y ? x : y'],
    ['!(x > 1) ? x : y', 'x > 1 ? y : x'],
    ['1 > 2 || !(2 > 1) ? x : y', 'y'],
    ['x + y > y + x ? x : y', 'y'],
    ['a * b * x', 'a * x'],
    ['x * a / b * 2', 'x * a'],
    ['a + x + b - 3', 'a + x'],
    ['Math.exp(a - b) * x', 'a * x'],
    ['a * x + a * b * y', 'a * x + a * b * y'],
    ['(a + b) * x + (a + b) * y', 'a * x + a * y'],
    ['Math.log(a - d) * x', 'a * x'],
  ])('%s becomes %s', (from, to) => {
    expect(simple(from)).toBe(to);
  });

  it('starts a merged constant from the common value', () => {
    const at = (text: string): number => simplify(formula(text)).constants[0]?.start ?? NaN;
    expect([at('a * b * x'), at('x * 6 / a / b'), at('a + x - b + 10')]).toEqual([6, 1, 9]);
    expect(at('Math.log(a - d) * x'), 'the log of a negative number').toBe(1);
  });
});

describe('canonicalKey', () => {
  it.each([
    ['a * x + b * y', 'e * y + d * x'],
    ['(x + y) + (z + a)', 'a + z + (y + x)'],
    ['x > y ? a : b', 'y < x ? d : a'],
    ['x >= y && x < 3 ? 1 : 2', '3 > x && y <= x ? 1 : 2'],
    ['x / y * a', 'a * x / y'],
    ['x - y + a', 'a - y + x'],
    ['x * x', 'x ** 2'],
    ['Math.max(a * x, b * y, x)', 'Math.max(x, Math.max(e * y, a * x))'],
    ['a * x + b * x ** d', 'a * x ** b + d * x'],
    ['(a * x + b) / (a + y)', '(d + b * x) / (y + b)'],
    ['2 * a * x', 'a * x'],
  ])('is equal for %s and %s', (one, other) => {
    expect(canonicalKey(formula(one))).toBe(canonicalKey(formula(other)));
  });

  it.each([
    ['a * x + b * y', 'a * x + a * y'],
    ['a * x + b * y', 'a * x + b * z'],
    ['x - y', 'y - x'],
    ['x / y', 'y / x'],
    ['x ** 2', 'x ** 3'],
    ['x > y ? a : b', 'x >= y ? a : b'],
    ['x > y ? a : x', 'x > y ? x : a'],
    ['(a * x + b) / (a + y)', '(a * x + b) / (b + y)'],
    // The same degrees and contexts one step away; only the way the constants pair up differs: one ring of four, two of two.
    [
      '(a * x + Math.exp(b * x)) * (b * x + Math.exp(d * x)) * (d * x + Math.exp(e * x)) * (e * x + Math.exp(a * x))',
      '(a * x + Math.exp(b * x)) * (b * x + Math.exp(a * x)) * (d * x + Math.exp(e * x)) * (e * x + Math.exp(d * x))',
    ],
  ])('differs for %s and %s', (one, other) => {
    const [left, right] = [one, other].map((text) => canonicalKey(formula(`x * (${text})`)));
    expect(left).not.toBe(right);
  });

  it('finds the order of constants that only a trial tells apart', () => {
    const ring = (names: readonly string[]): string =>
      names.map((name, i) => `(${name} * x + Math.exp(${names[(i + 1) % names.length]} * x))`).join(' * ');
    const keys = [
      ['a', 'b', 'd', 'e'],
      ['b', 'a', 'e', 'd'],
      ['e', 'b', 'a', 'd'],
    ].map((names) => canonicalKey(formula(ring(names))));
    expect(new Set(keys).size).toBe(1);
  });
});

describe('linearConstants', () => {
  it.each([
    ['a * x + b * y + d', ['a', 'b', 'd']],
    ['a * (b * x + d * y)', ['b', 'd']],
    ['Math.max(a * x, b) + d * y', ['d']],
    ['x > a ? b * x : d', ['b', 'd']],
    ['(a * x + b) / d', ['a', 'b']],
    ['a * x ** b', ['a']],
    ['Math.exp(a)', []],
    ['x', []],
  ])('of %s are %j', (text, names) => {
    expect(linearConstants(formula(text))).toEqual(names);
  });
});

describe('conditionConstants', () => {
  it.each([
    ['a * x > b ? d : e', ['a', 'b']],
    ['Math.floor(a * x) + Math.max(b, x)', ['a']],
    ['a + x', []],
  ])('of %s are %j', (text, names) => {
    expect(conditionConstants(formula(text))).toEqual(names);
  });
});

describe('differentiate', () => {
  const slopes = (text: string, x: number): readonly number[] => {
    const program = formula(text);
    const constants = Object.fromEntries(program.constants.map(({ name, start }) => [name, start]));
    return interpret(differentiate(program), { features: { x, y: 5, z: 7 }, constants }).slice(1);
  };

  it.each([
    ['a * x + b', 3, [3, 1]],
    ['x > 2 ? a * x : b', 3, [3, 0]],
    ['Math.max(a * x, b)', 3, [3, 0]],
    ['Math.max(a * x, b)', 1, [0, 1]],
    ['Math.hypot(a, b * x)', 2, [2 / Math.hypot(2, 6), 12 / Math.hypot(2, 6)]],
    ['a ** b', 0, [12, 8 * Math.log(2)]],
  ])('of %s at %d gives %j', (text, x, expected) => {
    slopes(text, x).forEach((slope, i) => expect(slope).toBeCloseTo(expected[i] ?? NaN, 12));
  });

  it('is finite where a feature is 0 under a root, and where the other side of a choice is infinite', () => {
    for (const text of [
      'Math.sqrt(a * x)',
      'Math.cbrt(a * x)',
      'Math.hypot(a * x, b * x)',
      '(a * x) ** b',
      '(a * x) ** 0.7',
    ]) {
      expect(slopes(text, 0).every(Number.isFinite), text).toBe(true);
    }
    expect(slopes('x > 0 ? a / x : b', 0)).toEqual([0, 1]);
  });
});

describe('measure and caps', () => {
  it('count shared nodes once and n-ary ones as pairs', () => {
    expect(measure(formula('Math.hypot(x, y, z) + (x * y > 3 ? x * y : a)'))).toEqual({
      operations: 5,
      conditionals: 1,
      constants: 1,
      features: ['x', 'y', 'z'],
      depth: 4,
    });
  });

  it('name what lies over them', () => {
    const program = formula('(x > a ? b : d) + Math.exp(e * x)');
    expect(checkCaps(program)).toEqual([]);
    const found = checkCaps(program, { ...DEFAULT_CAPS, operations: 3, conditionals: 0, constants: 2 });
    expect(found.map(({ message }) => message)).toEqual([
      'the program has 4 operations, 3 are allowed',
      'the program has 1 conditionals, 0 are allowed',
      'the program has 4 constants, 2 are allowed',
    ]);
  });
});

describe('bounds', () => {
  const of = (text: string, lo: number, hi: number): readonly [number, number, boolean] => {
    const program = formula(text);
    const range = { x: interval(lo, hi), y: interval(1, 2), z: interval(-1, 1) };
    const all = bounds(program.graph, { features: range, constants: {} });
    const result = all[program.graph.roots[0] ?? -1] ?? interval(NaN, NaN);
    return [result.lo, result.hi, result.mayBeNaN];
  };

  it.each([
    ['x - y', 0, 4, [-2, 3, false]],
    ['x * x', -2, 1, [0, 4, false]],
    ['1 / x', 0, 1, [-Infinity, Infinity, false]],
    ['x / z', 1, 2, [-Infinity, Infinity, false]],
    ['x / z', 0, 2, [-Infinity, Infinity, true]],
    ['Math.sqrt(x)', -4, 4, [0, 2, true]],
    ['Math.sqrt(x)', -4, -1, [Infinity, -Infinity, true]],
    ['Math.log(x)', 0, 1, [-Infinity, 0, false]],
    ['x > 3 ? x : y', 4, 5, [4, 5, false]],
    ['x > 3 ? x : y', 0, 5, [0, 5, false]],
    ['Math.min(x, y) + Math.floor(x)', 0.5, 3.5, [0.5, 5, false]],
  ])('of %s on [%d, %d] are %j', (text, lo, hi, expected) => {
    of(text, lo, hi).forEach((value, i) => {
      const wanted = expected[i] ?? NaN;
      if (typeof value === 'number' && Number.isFinite(value)) expect(value).toBeCloseTo(Number(wanted), 12);
      else expect(value).toBe(wanted);
    });
  });
});

describe('GraphBuilder', () => {
  it('stores equal nodes once, and tells −0 and NaN apart', () => {
    const builder = new GraphBuilder();
    expect(builder.number(NaN)).toBe(builder.number(NaN));
    expect(builder.number(0)).not.toBe(builder.number(-0));
    expect(builder.feature('n1')).not.toBe(builder.constant('n1'));
    const x = builder.feature('x');
    expect(builder.op('add', x, x)).toBe(builder.op('add', x, x));
  });

  it('prunes, numbers by use, and copies with substitution', () => {
    const builder = new GraphBuilder();
    const [x, y] = [builder.feature('x'), builder.feature('y')];
    builder.op('mul', x, y);
    const graph = builder.build([builder.op('sub', y, x)]);
    expect(graph).toEqual({
      nodes: [
        { kind: 'feature', name: 'y' },
        { kind: 'feature', name: 'x' },
        { kind: 'op', op: 'sub', args: [0, 1] },
      ],
      roots: [2],
    });
    const other = new GraphBuilder();
    const root = other.copy(graph, 2, (node) =>
      node.kind === 'feature' && node.name === 'y' ? other.number(3) : undefined,
    );
    expect(interpret(other.build([root]), { features: { x: 1 }, constants: {} })).toEqual([2]);
  });

  it('refuses wrong numbers and kinds of arguments', () => {
    const builder = new GraphBuilder();
    const x = builder.feature('x');
    expect(() => builder.op('add', x)).toThrow('add takes 2 arguments, not 1');
    expect(() => builder.op('min', x)).toThrow('min takes two or more arguments, not 1');
    expect(() => builder.op('select', x, x, x)).toThrow('argument 1 of select must be a condition');
    expect(() => builder.op('add', builder.op('lt', x, x), x)).toThrow('argument 1 of add must be a number');
  });
});

describe('the operator table', () => {
  it.each(OP_NAMES)('%s is commutative exactly where it says so', (name) => {
    const { commutative, evaluate, arity } = OPERATIONS[name];
    if (arity === 1) return expect(commutative).toBe(false);
    const flags = name === 'and' || name === 'or' || name === 'select';
    const pairs = flags
      ? [
          [1, 0, 5],
          [0, 1, 5],
        ]
      : [
          [3, 7, 5],
          [7, 3, 5],
          [2.5, 2.5, 5],
        ];
    const equal = pairs.every((args) => {
      const some = arity === 3 ? args : args.slice(0, 2);
      return evaluate(some) === evaluate(some.toReversed());
    });
    expect(equal).toBe(commutative);
  });

  it('needs a value for every name', () => {
    expect(() => interpret(formula('x + a').graph, { features: {}, constants: { a: 1 } })).toThrow(
      'no value for feature x',
    );
    expect(() => interpret(formula('x + a').graph, { features: { x: 1 }, constants: {} })).toThrow(
      'no value for constant a',
    );
  });
});
